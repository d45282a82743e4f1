import KafkaBroker
import KafkaClient
import Measurement
import Networking
import Testing

@testable import LoadEngine
@testable import Scenario

/// Latencies over sockets, against the delays that the broker itself applied to its answers and
/// recorded.
///
/// What Weir reports is never less than that, as it contains it. It is more by what the way there
/// and back takes: a fraction of a millisecond, and never a half of the delay unless the host
/// stands still, which the test forgives twice.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SocketTruthTests {
    static let slow = [
        "weir.request.delay.ms": "10", "weir.request.delay.slow.ms": "100", "weir.request.delay.slow.ratio": "0.05",
        "weir.request.api": "Produce",
    ]
    private static let attemptCount = 6

    struct Measured {
        var reported: HdrHistogram
        var applied: HdrHistogram
    }

    private func measure(_ properties: [String: String], _ load: LoadSpec, records: Int) async throws -> Measured {
        var measured: Measured?
        try await withStoppableBroker(properties, topics: ["t"]) { client, loop, broker in
            let interruption = Interruption()
            let plan = ProducePlan(
                topic: "t", partitionCount: 1,
                values: RecordValues(byteCount: 100, random: 1, seed: 1, isCompressed: false),
                load: load, recreate: .never, producerCount: 1,
                configuration: try ProducerConfiguration(properties: ["linger.ms": "0"]),
                clientConfiguration: client.configuration,
                measure: MeasureSpec(warmupNs: 0, extent: .records(records), repeats: 1, pauseNs: 0), brokerPid: nil,
                limit: WriteLimit(byteCount: .max), loss: TargetLoss(), onProgress: { _ in })
            let outcome = try await Task(executorPreference: loop) {
                try await KeptProducerLoad(plan: plan, metrics: ClientMetrics(), loop: loop)
                    .run(client: client, interruption: interruption)
            }.value
            let applied = try #require(await broker.appliedDelays())
            measured = Measured(reported: outcome.book.latency, applied: applied)
        }
        return try #require(measured)
    }

    /// Each record is a request of its own, so that each latency has its delay.
    @Test(arguments: [
        (LoadSpec.concurrency(1), SocketTruthTests.slow, 300),
        (.rate(perSecond: 40), ["weir.request.delay.ms": "10"], 100),
    ])
    func percentilesAreTheDelaysThatWereApplied(
        load: LoadSpec, properties: [String: String], records: Int
    ) async throws {
        var found = ""
        for _ in 0..<Self.attemptCount {
            let measured = try await measure(
                properties.merging(["weir.request.api": "Produce"]) { $1 }, load, records: records)
            let count = measured.reported.totalCount
            #expect(count >= UInt64(records))
            // After a standstill of the host, records of an open loop share a request, and the two are
            // of different samples.
            guard measured.applied.totalCount == count else {
                found += "\(count) records in \(measured.applied.totalCount) requests; "
                continue
            }
            var isNear = true
            for percentile in [50.0, 99] {
                let applied = Double(measured.applied.value(atPercentile: percentile))
                let reported = Double(measured.reported.value(atPercentile: percentile))
                #expect(reported >= applied * 0.999, "p\(percentile): \(reported) ns, less than \(applied)")
                // The last of a hundred delays that are all alike is the host's noise.
                let isNoise = percentile == 99 && properties["weir.request.delay.slow.ms"] == nil
                isNear = isNear && (isNoise || reported <= applied * 1.5)
                found += "p\(percentile): \(reported) ns of \(applied); "
            }
            if isNear { return }
        }
        Issue.record("far beyond what was applied: \(found)")
    }
}
