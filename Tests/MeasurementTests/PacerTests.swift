import Measurement
import Testing

@Suite struct PacerTests {
    @Test(arguments: [0.1, 3, 1_000, 50_000, 333_333, 5_000_000])
    func whatIsDueIsWhatWasIntendedByNow(perSecond: Double) {
        let pacer = Pacer(startNs: 1_000, perSecond: perSecond)
        for record in [0, 1, 7, 999, 100_003] {
            let intendedNs = pacer.intendedNs(of: record)
            #expect(pacer.dueCount(atNs: intendedNs) >= record + 1)
            #expect(pacer.dueCount(atNs: intendedNs - 1) <= record)
        }
    }

    @Test func anHourDoesNotDrift() {
        let pacer = Pacer(startNs: 0, perSecond: 30_000)
        #expect(pacer.intendedNs(of: 30_000 * 3_600) == 3_600_000_000_000)
        #expect(pacer.dueCount(atNs: 3_600_000_000_000) == 30_000 * 3_600 + 1)
    }
}
