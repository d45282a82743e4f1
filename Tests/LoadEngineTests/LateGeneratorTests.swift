import Measurement
import Results
import Testing

@testable import LoadEngine
@testable import Scenario

/// From when on a load by rate counts as late.
@Suite struct LateGeneratorTests {
    private static let spec = ProduceSpec(
        value: ValueSpec(byteCount: 10, randomShare: 1), load: .rate(perSecond: 100), recreate: .never, producers: 1,
        properties: [:], clientProperties: [:], said: [])

    @Test(arguments: [(5_000_000, true), (10_000_000, false)] as [(UInt64, Bool)])
    func theScenarioSaysIt(lateNs: UInt64, isLate: Bool) throws {
        var outcome = ProduceOutcome()
        for _ in 0..<100 { outcome.slip.recordValue(7_000_000) }
        let measure = MeasureSpec(warmupNs: 0, extent: .time(ns: 1), repeats: 1, pauseNs: 0, lateNs: lateNs)
        let order = MeasurementOrder(
            round: 1, workload: .produce(Self.spec), measure: measure, connection: [:],
            topic: OrderedTopic(name: "t", ranges: [], isOwn: true), seed: 1,
            limit: WriteLimit(byteCount: 1, words: ""), brokerPid: nil)
        let made = try outcome.asRepeat(of: order, Self.spec, lingerMs: 0, startedAt: .now())
        #expect(made.invalidReasons.contains { $0.code == .generatorLate } == isLate)
    }
}
