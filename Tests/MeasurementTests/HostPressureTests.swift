import Testing

@testable import Measurement

@Suite struct HostPressureTests {
    @Test func aNumberStandsBehindItsWord() {
        let text = "Dirty:   5 kB\nWritebackTmp: 3 kB\nWriteback:     12 kB\nthrottled_usec 7\nlast"
        #expect(HostPressure.number(of: "Writeback:", in: text) == 12)
        #expect(HostPressure.number(of: "throttled_usec", in: text) == 7)
        #expect(HostPressure.number(of: "last", in: text) == nil && HostPressure.number(of: "kB", in: text) == nil)
    }

    @Test(arguments: [
        ("0::/a/b\n", "/sys/fs/cgroup/a/b/cpu.stat", "nr_throttled 1\nthrottled_usec 7\n"),
        ("0::/\n", "/sys/fs/cgroup//cpu.stat", "throttled_usec 7"),
        ("9:memory:/x\n4:cpu,cpuacct:/a/b\n", "/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.stat", "throttled_time 7000\n"),
        // Both at once: the processor's controller is in the old tree.
        ("0::/a\n4:cpu:/a:b\n", "/sys/fs/cgroup/cpu/a:b/cpu.stat", "nr_periods 3\nthrottled_time 7000\n"),
    ]) func bothVersionsOfControlGroupsSayHowLongTheyHeldBack(groups: String, path: String, text: String) {
        #expect(HostPressure.throttledNs(groups: groups) { $0 == path ? text : nil } == 7_000)
        #expect(HostPressure.throttledNs(groups: groups) { _ in nil } == nil)
    }

    @Test func aGroupWithoutALimitSaysNothing() {
        #expect(HostPressure.throttledNs(groups: "9:memory:/x\nnonsense\n") { _ in "throttled_usec 7" } == nil)
        #expect(HostPressure.throttledNs(groups: "0::/a") { _ in "throttled_usec \(UInt64.max)" } == nil)
        #expect(HostPressure.throttledNs(groups: "0::/a") { _ in "usage_usec 7" } == nil)
    }

    @Test func theKernelTellsWhatIsUnderWayToTheDisks() {
        #expect(HostPressure.current().writebackBytes != nil)
    }
}
