import KafkaClient
import KafkaProtocol
import Measurement
import Networking
import Results
import Testing

@testable import LoadEngine
@testable import Scenario

/// One of two brokers, or what one partition brings, is away for a while, and all else goes on.
@Suite(.timeLimit(.minutes(1))) struct StandstillTests {
    private let measure = MeasureSpec(warmupNs: 0, extent: .time(ns: 2_000_000_000), repeats: 1, pauseNs: 0)

    /// A client of two brokers that lead two partitions, and the second broker's address.
    private func withTwoLeaders(
        silent silence: TwoLeaders.Silence, from api: ApiKey, forMs: Int, filled: Bool = false,
        _ body: @Sendable (Client, String, EventLoop) async throws -> Void
    ) async throws {
        try await withBroker { first, loop in
            try await Admin(client: first).createTopics([NewTopic(name: "t", partitionCount: 2)])
            if filled {
                for partition in 0..<2 as Range<Int32> { try await first.send(10, to: "t", partition, on: loop) }
            }
            let relayLoop = try EventLoop(name: "relay")
            let both = try await TwoLeaders.listen(
                before: first.configuration.bootstrapServers[0].port, on: relayLoop, silent: silence, from: api,
                after: 5, forMs: forMs)
            let client = Client(
                configuration: ClientConfiguration(
                    bootstrapServers: [SocketAddress(host: "127.0.0.1", port: both.ports[0])]),
                loop: loop, metrics: ClientMetrics())
            do {
                try await body(client, "127.0.0.1:\(both.ports[1])", loop)
            } catch {
                await client.close()
                await relayLoop.stop()
                throw error
            }
            await client.close()
            await relayLoop.stop()
        }
    }

    private func consumed(_ client: Client, on loop: EventLoop) async throws -> Repeat {
        let range = LogRange(start: 0, end: 10)
        let reader = PreloadReader(
            topic: "t", ranges: [range, range], isDense: true, measure: measure, metrics: client.metrics,
            brokerPid: nil, loop: loop, onProgress: { _ in })
        let outcome = try await Task(executorPreference: loop) {
            try await reader.run(
                client: client, configuration: ConsumerConfiguration(), interruption: Interruption())
        }.value
        return outcome.asRepeat(round: 1, startedAt: .now(), measure: measure)
    }

    /// For a while in the midst of the window, and until beyond its end.
    @Test(arguments: [1_700, 60_000]) func aLeaderThatAnswersNoFetchIsNamed(forMs: Int) async throws {
        try await withTwoLeaders(silent: .broker, from: .fetch, forMs: forMs, filled: true) { client, second, loop in
            let made = try await consumed(client, on: loop)
            let reason = try #require(made.invalidReasons.first)
            #expect(made.invalidReasons.map(\.code) == [.noProgress], "\(made.invalidReasons)")
            #expect(reason.detail.contains("nothing came of broker \(second) for "), "\(reason.detail)")
            let found = try #require(made.disturbances)
            let standstill = try #require(found.standstill)
            #expect(standstill.of == "broker \(second)" && standstill.longestNs > 1_000_000_000)
            // The other went on.
            #expect(found.longestGapNs < standstill.longestNs)
        }
    }

    @Test(arguments: [1_200, 60_000]) func aPartitionThatBringsNothingIsNamed(forMs: Int) async throws {
        try await withTwoLeaders(
            silent: .partition(1), from: .fetch, forMs: forMs, filled: true
        ) { client, _, loop in
            let made = try await consumed(client, on: loop)
            #expect(made.invalidReasons.map(\.code) == [.noProgress], "\(made.invalidReasons)")
            let reason = try #require(made.invalidReasons.first)
            #expect(reason.detail.contains("nothing came of partition t-1 for "), "\(reason.detail)")
        }
    }

    @Test func brokersThatGoOnAreNotAccused() async throws {
        try await withTwoLeaders(silent: .none, from: .fetch, forMs: 0, filled: true) { client, _, loop in
            let made = try await consumed(client, on: loop)
            // Far above what a busy machine makes of it.
            #expect(try #require(made.disturbances?.standstill).longestNs < 1_500_000_000)
        }
    }

    /// What a producer's window is found to be; the records that were late are acknowledged in the
    /// end.
    private func produced(
        _ client: Client, on loop: EventLoop, reader: ArrivalReader? = nil
    ) async throws -> (Repeat, ProduceOutcome) {
        var plan = ProducePlan(
            topic: "t", partitionCount: 2,
            values: RecordValues(byteCount: 100, random: 1, seed: 1, isCompressed: false),
            load: .rate(perSecond: 1_000), recreate: .never, producerCount: 1,
            configuration: try ProducerConfiguration(properties: ["linger.ms": "0", "batch.size": "1000"]),
            clientConfiguration: client.configuration, measure: measure, brokerPid: nil,
            limit: WriteLimit(byteCount: .max),
            loss: TargetLoss(), onProgress: { _ in })
        if let reader {
            plan.onHandOver = { reader.noteHandOver(partition: $0, count: $1, firstNs: $2, stepNs: $3) }
            plan.onWindow = { reader.setWindow($0) }
        }
        let ready = plan
        let outcome = try await Task(executorPreference: loop) {
            try await KeptProducerLoad(plan: ready, metrics: client.metrics, loop: loop)
                .run(client: client, interruption: Interruption())
        }.value
        var made = Repeat(round: 1, windowNs: outcome.windowEndNs - outcome.windowBeginNs)
        made.enter(outcome.reading)
        made.judge(outcome.gaps, outcome.standstills, usualNs: 1_000_000, .acknowledged)
        return (made, outcome)
    }

    @Test func aLeaderThatAcknowledgesNothingForAWhileIsNamed() async throws {
        try await withTwoLeaders(silent: .broker, from: .produce, forMs: 1_200) { client, second, loop in
            let (made, outcome) = try await produced(client, on: loop)
            #expect(outcome.book.acknowledgedCount == outcome.book.attemptedCount)
            #expect(made.invalidReasons.map(\.code) == [.noProgress], "\(made.invalidReasons)")
            let reason = try #require(made.invalidReasons.first)
            #expect(reason.detail.contains("nothing came of broker \(second) for "), "\(reason.detail)")
            #expect(outcome.standstill?.of == "partition t-1")
            #expect(try #require(outcome.standstill).longestNs > 1_000_000_000)
        }
    }

    @Test(arguments: [TwoLeaders.Silence.none, .partition(1)])
    func aPartitionWhoseRecordsDoNotArriveIsNamed(silence: TwoLeaders.Silence) async throws {
        try await withTwoLeaders(silent: silence, from: .fetch, forMs: 1_200) { client, _, loop in
            let reader = ArrivalReader(topic: "t", starts: [0, 0], loop: loop)
            try await reader.start(client: client, configuration: ConsumerConfiguration())
            let (found, outcome) = try await produced(client, on: loop, reader: reader)
            let place = try await client.partitions(of: "t")
            let ends = try await Admin(client: client).listOffsets(place, at: .latest)
            let arrived = await reader.finish(ends: place.map { ends[$0] ?? 0 }, loss: TargetLoss())
            #expect(arrived.consumedCount == outcome.book.acknowledgedCount)
            var made = found
            made.invalidReasons = []
            made.judgeArrivals(arrived.gaps, arrived.standstill, usualNs: 1_000_000)
            let longestNs = try #require(arrived.standstill).longestNs
            guard case .partition = silence else {
                #expect(longestNs < 1_000_000_000)
                return
            }
            let reason = try #require(made.invalidReasons.first)
            #expect(reason.code == .noProgress && longestNs > 1_000_000_000)
            #expect(reason.detail.contains("nothing came of partition t-1 for "), "\(reason.detail)")
        }
    }
}
