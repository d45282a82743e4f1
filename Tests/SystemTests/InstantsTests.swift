import System
import Testing

@Suite struct InstantsTests {
    @Test(arguments: [(9, 4, 5), (4, 4, 0), (4, 9, 0), (0, .max, 0), (.max, 0, .max)] as [(UInt64, UInt64, UInt64)])
    func aDifferenceIsNeverBelowZero(later: UInt64, earlier: UInt64, difference: UInt64) {
        #expect(later.since(earlier) == difference)
        #expect(later.earlier(by: earlier) == difference)
    }

    @Test func aDeadlineIsNeverBeyondTheLastMoment() {
        #expect(UInt64(5).later(by: 7) == 12)
        #expect((UInt64.max - 3).later(by: 4) == .max)
        #expect(UInt64.max.later(by: .max) == .max)
        #expect(UInt64(5).later(byMs: 2) == 2_000_005)
        #expect(UInt64(5).later(byMs: -2) == 5)
        #expect(UInt64(5).later(byMs: .max) == .max)
    }

    @Test func millisecondsAreNeverNegative() {
        #expect(UInt64.nanoseconds(ofMs: 3) == 3_000_000)
        #expect(UInt64.nanoseconds(ofMs: .min) == 0)
        #expect(UInt64.nanoseconds(ofMs: .max) == .max)
    }
}
