import Foundation
import System
import Testing

@testable import Measurement

@Suite(.timeLimit(.minutes(5))) struct ResourceUsageTests {
    @Test func countsTheCPUThatIsBurnt() {
        let before = ProcessUsage.current()
        let deadlineNs = MonotonicClock.nowNs() + 30_000_000
        var sum: UInt64 = 0
        while MonotonicClock.nowNs() < deadlineNs { sum &+= 1 }
        let after = ProcessUsage.current()
        #expect(sum > 0 && after.cpuNs >= before.cpuNs + 1_000_000)
    }

    @Test func seesItselfAsAnotherProcess() throws {
        let usage = try #require(OtherProcessUsage(pid: ProcessInfo.processInfo.processIdentifier))
        #expect(usage.residentBytes > 1 << 20)
        #expect(OtherProcessUsage(pid: Int32.max) == nil)
    }

    @Test func aProcessesOwnClockIsFinerThanATick() throws {
        let pid = ProcessInfo.processInfo.processIdentifier
        let before = try #require(OtherProcessUsage(pid: pid)).cpuNs
        let now = try #require(OtherProcessUsage(pid: pid)).cpuNs
        // Reading its own usage costs far less than 10 ms, and more than nothing.
        #expect(now > before)
        #expect(OtherProcessUsage.residentBytes(inStatm: "900 300 1 2 0 3 0", pageByteCount: 4096) == 300 * 4096)
        #expect(OtherProcessUsage.residentBytes(inStatm: "900", pageByteCount: 4096) == nil)
    }

    @Test func freedMemoryIsGivenBack() throws {
        let pid = ProcessInfo.processInfo.processIdentifier
        // Blocks below the threshold of mapping, with a last one that keeps the heap's end where it
        // is.
        var blocks = (0..<8_000).map { _ in [UInt8](repeating: 1, count: 16_384) }
        let keeper = [UInt8](repeating: 1, count: 16_384)
        blocks.removeAll()
        let held = try #require(OtherProcessUsage(pid: pid)).residentBytes
        PeakMemory.trim()
        let left = try #require(OtherProcessUsage(pid: pid)).residentBytes
        #expect(left + (64 << 20) < held && keeper.count == 16_384)
    }

    @Test func readsThePeakAndTheSteal() {
        #expect(PeakMemory.bytes(inStatus: "Name:\tx\nVmPeak:\t 9 kB\nVmHWM:\t    1234 kB\n") == 1234 * 1024)
        #expect(PeakMemory.bytes(inStatus: "Name:\tx\n") == nil)
        let host = HostUsage(stat: "cpu  1 2 3 4 5 6 7 80 0 0\ncpu0 1", ticksPerSecond: 100)
        #expect(host?.stealNs == 800_000_000 && host?.busyNs == 60_000_000)
        #expect(HostUsage(stat: "cpu  1 2 3", ticksPerSecond: 100) == nil)
    }

    @Test func whatAnotherProcessTakesIsOthers() throws {
        let meter = ResourceMeter(brokerPid: nil)
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Some tenths of a second of work, however long it takes.
        other.arguments = ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"]
        try other.run()
        other.waitUntilExit()
        #expect(try #require(meter.usage().othersCPUNs) > 50_000_000)
        #expect(ResourceMeter(brokerPid: nil).usage().othersCPUNs != nil)
    }

    @Test func metersItselfAndABroker() throws {
        let meter = ResourceMeter(brokerPid: ProcessInfo.processInfo.processIdentifier)
        let held = [UInt8](repeating: 1, count: 32 << 20)
        let usage = meter.usage()
        #expect(usage.brokerCPUNs != nil && usage.brokerMemoryBytes != nil && held[held.count - 1] == 1)
        #expect(try #require(usage.peakMemoryBytes) > 32 << 20)
        #expect(ResourceMeter(brokerPid: nil).usage().brokerCPUNs == nil)
    }

    @Test func recordsPhasesOneAfterTheOther() {
        var recorder = PhaseRecorder(originNs: 1000)
        recorder.begin("warm-up", atNs: 1010)
        recorder.begin("window", atNs: 1500)
        recorder.end(atNs: 2500)
        recorder.end(atNs: 9999)
        recorder.begin("before its origin", atNs: 900)
        recorder.end(atNs: 800)
        #expect(
            recorder.spans == [
                PhaseSpan(name: "warm-up", beginNs: 10, endNs: 500),
                PhaseSpan(name: "window", beginNs: 500, endNs: 1500),
                PhaseSpan(name: "before its origin", beginNs: 0, endNs: 0),
            ])
    }

    @Test func describesThisHost() {
        let host = HostDescription.current()
        #expect(host.coreCount > 0 && host.memoryBytes > 1 << 20)
        #expect(host.kernel.hasPrefix("Linux ") && host.operatingSystem != "unknown" && !host.name.isEmpty)
    }
}
