import Testing

@testable import LoadEngine

@Suite struct IntendedTimesTests {
    private func drain(_ times: inout IntendedTimes, _ count: Int) -> [UInt64] {
        var out: [UInt64] = []
        times.take(count) { run in out += (0..<run.count).map(run.time) }
        return out
    }

    @Test func handsBackEachRecordsTimeInOrder() {
        var times = IntendedTimes()
        times.append(count: 3, firstNs: 100, stepNs: 10)
        times.append(count: 2, firstNs: 500)
        #expect(drain(&times, 2) == [100, 110])
        #expect(drain(&times, 2) == [120, 500])
        #expect(times.count == 1)
        #expect(drain(&times, 5) == [500])
        #expect(times.count == 0)
    }

    @Test func aSplitRunDoesNotDrift() {
        var times = IntendedTimes()
        times.append(count: 30_000, firstNs: 0, stepNs: 1_000_000_000 / 30_000)
        var last: UInt64 = 0
        for _ in 0..<30_000 { last = drain(&times, 1)[0] }
        #expect(last == 999_966_667)
    }
}
