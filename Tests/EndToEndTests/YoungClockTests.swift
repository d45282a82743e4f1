import Foundation
import Glibc
import Results
import Testing

extension EndToEnd {
    /// A machine that booted a moment ago: its clock is younger than the spans that programs look
    /// back.
    @Suite(.needsYoungClock) struct YoungClockTests {
        @Test func theBrokerOutlivesItsSweepsForIdleConnections() throws {
            let folder = try TemporaryFolder()
            let running = try WeirProcess.start(
                [
                    "broker", "--port", "0", "--data-dir", "\(folder.path)/data", "--set",
                    "connections.max.idle.ms=4000",
                ], in: folder.path, under: YoungClock.launcher)
            #expect(running.waitForOutput("READY"))
            let idle = try #require(IdleClient(running.readyAddress))
            // Four looks, the first of them when the clock is younger than the span; the last finds
            // this connection idle.
            #expect(idle.isHungUpOn(withinS: 40))
            #expect(IdleClient(running.readyAddress) != nil)
            kill(try #require(running.brokerId), SIGTERM)
            let process = running.wait()
            #expect(process.exitCode == 0, "\(process.errors)")
        }

        @Test func aRunIsValid() throws {
            let folder = try TemporaryFolder()
            let process = try WeirProcess.start(
                [
                    "run", "\(WeirProcess.root)/Scenarios/quickstart.yaml", "--set", "repeats=1", "--set", "for=200 ms",
                    "--set", "reuse/measure/warmup=50 ms", "--set", "starts=2",
                ], in: folder.path, under: YoungClock.launcher
            ).wait()
            #expect(process.exitCode == 0, "\(process.errors)")
            #expect(try RunResult(path: try #require(folder.resultFiles.first)).verdict == .valid)
        }

        @Test func theLoopsOwnTestsPass() throws {
            let folder = try TemporaryFolder()
            let process = try WeirProcess.start(
                ["--testing-library", "swift-testing", "--filter", "NetworkingTests.(EventLoop|Timer)"],
                in: folder.path, under: YoungClock.launcher, executable: WeirProcess.tests
            ).wait()
            #expect(process.exitCode == 0, "\(process.errors)")
            #expect(process.errors.contains("Suite TimerTests passed"), "\(process.errors)")
        }
    }
}

/// A client that says nothing.
private final class IdleClient {
    private let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)

    /// Connects to `127.0.0.1:PORT`; nil where nobody answers.
    init?(_ address: String) {
        guard let port = UInt16(address.split(separator: ":").last ?? "") else { return nil }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
        }
        guard isConnected else { return nil }
    }

    /// Waits for the end of the connection, for so long.
    func isHungUpOn(withinS seconds: Int) -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, Int32(seconds * 1000)) == 1 else { return false }
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 0
    }

    deinit { close(descriptor) }
}
