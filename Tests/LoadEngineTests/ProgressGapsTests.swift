import Testing

@testable import LoadEngine

@Suite struct ProgressGapsTests {
    @Test func theLongestStretchIsThatOfTheWindowAlone() {
        var gaps = ProgressGaps(beginNs: 100, endNs: 200)
        for ns: UInt64 in [50, 110, 110, 115, 190, 260, 300] { gaps.note(atNs: ns) }
        gaps.end(atNs: 300)
        #expect(gaps.longestNs == 75)
        // 110, 115, 190 and the one behind the end: 25 ns beside the longest stretch.
        #expect(gaps.usualNs == 25 / 4)
    }

    @Test func aWindowThatGoesSilentIsSilentToItsEnd() {
        var gaps = ProgressGaps(beginNs: 0, endNs: 1_000)
        for ns: UInt64 in [10, 20, 30] { gaps.note(atNs: ns) }
        gaps.end(atNs: 1_001)
        #expect(gaps.longestNs == 970 && gaps.usualNs == 10)
    }

    @Test func nothingIsKnownOfAWindowThatNeverBegan() {
        var gaps = ProgressGaps(beginNs: .max)
        gaps.note(atNs: 5)
        gaps.end(atNs: 7)
        #expect(gaps.longestNs == 0 && gaps.usualNs == 0)
        gaps = ProgressGaps(beginNs: 10)
        gaps.end(atNs: 60)
        #expect(gaps.longestNs == 50 && gaps.usualNs == 0)
    }
}
