import Measurement
import Testing

@Suite struct PacerTests {
    static let rates: [Double] = [0.1, 1.0 / 3, 1, 3, 1_000, 50_000, 333_333.3, 4_999_999.7, 5_000_000, 1e9]

    @Test(arguments: rates)
    func whatIsDueIsWhatWasIntendedByNow(perSecond: Double) {
        let pacer = Pacer(startNs: 1_000, perSecond: perSecond)
        for record in [0, 1, 2, 7, 999, 100_003, 1_000_000_007] {
            let intendedNs = pacer.intendedNs(of: record)
            #expect(pacer.dueCount(atNs: intendedNs) == record + 1)
            #expect(pacer.dueCount(atNs: intendedNs - 1) == record)
        }
    }

    @Test(arguments: rates)
    func aLoopThatComesBackAtUnevenTimesSendsEachRecordOnceAndNoneEarly(perSecond: Double) {
        let pacer = Pacer(startNs: 5, perSecond: perSecond)
        var nowNs: UInt64 = 0
        var sent = 0
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let due = pacer.dueCount(atNs: nowNs)
            #expect(due >= sent)
            if due > 0 { #expect(pacer.intendedNs(of: due - 1) <= nowNs) }
            sent = due
            let nextNs = pacer.intendedNs(of: sent)
            #expect(nextNs > nowNs)
            // Sometimes at the very nanosecond, sometimes late.
            nowNs = nextNs + (Bool.random(using: &random) ? 0 : UInt64.random(in: 0..<10_000_000, using: &random))
        }
    }

    @Test func aMonthDoesNotDrift() {
        let seconds: UInt64 = 30 * 86_400
        let endNs = seconds * 1_000_000_000
        for (perSecond, count) in [(0.1, 259_200), (30_000, 77_760_000_000), (4_999_999.7, 12_959_999_222_400)] {
            let pacer = Pacer(startNs: 0, perSecond: perSecond)
            #expect(pacer.intendedNs(of: count) == endNs)
            #expect(pacer.dueCount(atNs: endNs) == count + 1)
        }
    }

    @Test func threeASecondIsNeverRoundedOnTopOfRounding() {
        let pacer = Pacer(startNs: 0, perSecond: 3)
        #expect(
            (0..<5).map { pacer.intendedNs(of: $0) } == [0, 333_333_333, 666_666_666, 1_000_000_000, 1_333_333_333])
    }

    @Test func nothingIsDueBeforeTheStartAndTheFarEndIsNoTrap() {
        let pacer = Pacer(startNs: 1_000, perSecond: 5_000_000)
        #expect(pacer.dueCount(atNs: 999) == 0)
        #expect(pacer.dueCount(atNs: 1_000) == 1)
        #expect(pacer.intendedNs(of: .max) == .max)
        #expect(pacer.dueCount(atNs: .max) == Int((UInt64.max - 1_000) / 200) + 1)
        #expect(Pacer(startNs: 0, perSecond: 1e-9).intendedNs(of: 1) == 1_000_000_000_000_000)
        #expect(Pacer(startNs: 0, perSecond: .infinity).intervalNs == 1)
    }
}
