import Results
import Testing

@testable import LoadEngine

@Suite struct PartitionGapsTests {
    @Test func theWorstPartitionIsTheOneThatWasSilentBeyondItsUsual() {
        var gaps = PartitionGaps(partitionCount: 3, beginNs: 100, endNs: 1_100)
        // Slow but steady, quick and then silent, and never there.
        for ns: UInt64 in stride(from: 200, through: 1_000, by: 200) { gaps.came(0, atNs: ns) }
        for ns: UInt64 in [110, 110, 120, 130, 1_050] { gaps.came(1, atNs: ns) }
        for partition in 0..<2 { gaps.end(partition, atNs: 1_100) }
        let worst = gaps.worst { "t-\($0)" }
        #expect(worst?.of == "partition t-1" && worst?.longestNs == 920)
        #expect(worst?.usualNs == (10 + 10 + 10 + 50) / 4)
    }

    @Test func whereNothingIsDueNothingIsMissed() {
        var gaps = PartitionGaps(partitionCount: 1, beginNs: 0, endNs: 1_000)
        gaps.came(0, atNs: 20, dueNs: 10)
        gaps.came(0, atNs: 520, dueNs: 500)
        #expect(gaps.worst { "\($0)" }?.longestNs == 20)
        // What comes after the window has been missed until its end.
        gaps.came(0, atNs: 5_000, dueNs: 600)
        #expect(gaps.worst { "\($0)" }?.longestNs == 400)
        gaps.came(0, atNs: 9_000)
        #expect(gaps.worst { "\($0)" }?.longestNs == 400)
    }

    @Test func nothingIsKnownOfAWindowThatNeverBegan() {
        var gaps = PartitionGaps(partitionCount: 0, beginNs: .max)
        gaps.came(0, atNs: 5)
        gaps.end(0, atNs: 9)
        #expect(gaps.worst { "\($0)" } == nil)
    }
}
