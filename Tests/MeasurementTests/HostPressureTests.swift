import Testing

@testable import Measurement

@Suite struct HostPressureTests {
    @Test func aNumberStandsBehindItsWord() {
        let text = "Dirty:   5 kB\nWritebackTmp: 3 kB\nWriteback:     12 kB\nthrottled_usec 7\nlast"
        #expect(HostPressure.number(of: "Writeback:", in: text) == 12)
        #expect(HostPressure.number(of: "throttled_usec", in: text) == 7)
        #expect(HostPressure.number(of: "last", in: text) == nil && HostPressure.number(of: "kB", in: text) == nil)
    }

    @Test func theKernelTellsWhatIsUnderWayToTheDisks() {
        #expect(HostPressure.current().writebackBytes != nil)
    }
}
