import BenchmarkPlan
import Statistics
import Testing

@Suite struct ComparisonTests {
    @Test func aRatioIsTakenWithinRoundsSoThatDriftCancels() throws {
        // The machine is ten times slower in each further round, for both alike.
        let record = BenchmarkRecord.of(
            produceCell, [.weir: [100, 1_000, 10_000], .librdkafkaDebian: [800, 8_000, 80_000]])
        let ratio = try #require(record.ratio(.cpuPerRecord, of: .weir, to: .librdkafkaDebian, in: produceCell))
        #expect(abs(ratio.estimate.value - 0.125) < 1e-9)
        #expect(ratio.rounds == 3)
        let interval = try #require(ratio.estimate.interval)
        #expect(interval.upperBound - interval.lowerBound < 1e-9)
    }

    @Test func aRoundCountsOnlyWhereBothSamplesDo() throws {
        var record = BenchmarkRecord.of(produceCell, [.weir: [100, 100, 900], .floor: [100, 100, 100]])
        record.samples.indices.filter { record.samples[$0].contestant == .weir && record.samples[$0].round == 3 }
            .forEach { record.samples[$0].failure = "invalid" }
        let ratio = try #require(record.ratio(.cpuPerRecord, of: .weir, to: .floor, in: produceCell))
        #expect(ratio.rounds == 2)
        #expect(abs(ratio.estimate.value - 1) < 1e-9)
    }

    @Test func anAddendMakesADifferenceABound() throws {
        let record = BenchmarkRecord.of(produceCell, [.weir: [3_000, 3_000], .floor: [1_000, 1_000]])
        // 3 ns against 1 ns + 2 ns.
        let ratio = try #require(record.ratio(.cpuPerRecord, of: .weir, to: .floor, in: produceCell, addend: 2))
        #expect(abs(ratio.estimate.value - 1) < 1e-9)
    }

    @Test func theBestIsTheLeastOrTheGreatest() {
        let record = BenchmarkRecord.of(produceCell, [.librdkafkaDebian: [500], .librdkafkaWheel: [400], .java: [900]])
        #expect(
            record.best(.cpuPerRecord, of: Contestant.peers, in: produceCell, isLeastBest: true) == .librdkafkaWheel)
        #expect(record.best(.cpuPerRecord, of: Contestant.peers, in: produceCell, isLeastBest: false) == .java)
        #expect(record.best(.cpuPerRecord, of: [.pyKafka], in: produceCell, isLeastBest: true) == nil)
    }

    @Test func metricsAreQuotientsOfASample() throws {
        var sample = Sample(
            cell: "c", contestant: .weir, round: 1, records: 2_000, payloadBytes: 200_000, wallNs: 1_000_000,
            cpuNs: 100_000)
        sample.brokerCPUNs = 400_000
        #expect(Metric.cpuPerRecord.value(sample) == 50)
        #expect(Metric.recordsPerSecond.value(sample) == 2_000_000)
        #expect(Metric.megabytesPerSecond.value(sample) == 200)
        #expect(Metric.brokerCPUPerMegabyte.value(sample) == 2_000_000)
        #expect(Metric.medianLatency.value(sample) == nil)
        sample.samplesNs = [30, 10, 20]
        #expect(Metric.medianLatency.value(sample) == 20)
        sample.records = 0
        #expect(Metric.cpuPerRecord.value(sample) == nil)
    }
}
