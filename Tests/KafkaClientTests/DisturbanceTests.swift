import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// What a client counts of what keeps it from its work, and what it does about quotas.
@Suite(.timeLimit(.minutes(1))) struct DisturbanceTests {
    @Test(arguments: [ScriptedServer.Reply.close, .mute])
    func aConnectionThatIsLostWithARequestUnderWayIsCounted(reply: ScriptedServer.Reply) async throws {
        let isFirst = Mutex(true)
        try await ScriptedServer.run(["request.timeout.ms": "100"]) { header, _ in
            guard header.apiKey == .listOffsets else { return .well }
            return isFirst.withLock { first in
                defer { first = false }
                return first ? reply : .well
            }
        } _: { _, client in
            let place = try await client.partitions(of: "t")
            _ = try await Admin(client: client).listOffsets(place, at: .latest)
            #expect(client.metrics.lostConnectionCount == 1)
            // Behind it newer metadata may have been asked for.
            #expect((1...2).contains(client.metrics.unansweredRequestCount))
            #expect(client.metrics.retryCount == 1)
            #expect(client.metrics.failedConnectionCount == 0)
        }
    }

    @Test func aConnectionThatIsClosedAtRestIsNot() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .metadata ? .lastWell : .well
        } _: { server, client in
            let place = try await client.partitions(of: "t")
            // Until the first connection is seen closed, what is sent over it would be lost.
            while await openCount(client) > 0 { await Task.yield() }
            _ = try await Admin(client: client).listOffsets(place, at: .latest)
            #expect(server.connectionCount.withLock { $0 } == 2)
            #expect(client.metrics.lostConnectionCount == 0 && client.metrics.unansweredRequestCount == 0)
            #expect(client.metrics.retryCount == 0)
        }
    }

    private func openCount(_ client: Client) async -> Int {
        await Task(executorPreference: client.loop) { client.metrics.openConnectionCount }.value
    }

    @Test func aClientThatIsClosedLosesNothing() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .listOffsets ? .mute : .well
        } _: { server, client in
            let place = try await client.partitions(of: "t")
            let asking = Task { try await Admin(client: client).listOffsets(place, at: .latest) }
            await server.wait(for: .listOffsets)
            await client.close()
            await #expect(throws: ClientError.self) { try await asking.value }
            #expect(client.metrics.lostConnectionCount == 0 && client.metrics.unansweredRequestCount == 0)
        }
    }

    @Test func whatAQuotaHoldsBackIsCountedAndAskedForLater() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .metadata ? .throttled(ms: 1000) : .well
        } _: { server, client in
            let place = try await client.partitions(of: "t")
            #expect(client.metrics.throttledAnswerCount == 1 && client.metrics.throttledNs == 1_000_000_000)
            _ = try await Admin(client: client).listOffsets(place, at: .latest)
            #expect(EventLoop.nowNs() >= client.metrics.throttledUntilNs)
            #expect(server.connectionCount.withLock { $0 } == 1)
        }
    }

    @Test func aQuotaIsNotHeededForLongerThanACallMayTake() async throws {
        try await ScriptedServer.run(["default.api.timeout.ms": "200"]) { header, _ in
            header.apiKey == .metadata ? .throttled(ms: .max) : .well
        } _: { server, client in
            let place = try await client.partitions(of: "t")
            // Asked in time, whether or not a busy machine also answers in time.
            let call = Task { try? await Admin(client: client).listOffsets(place, at: .latest) }
            await server.wait(for: .listOffsets)
            _ = await call.value
            #expect(client.metrics.throttledNs == UInt64(Int32.max) * 1_000_000)
        }
    }

    @Test func brokersFromBeforeLetTheAnswerItselfComeLate() async throws {
        let old = Dictionary(uniqueKeysWithValues: Api.all.map { ($0.key, Int16(0)...Int16(4)) })
        try await ScriptedServer.run { header, _ in
            switch header.apiKey {
            case .apiVersions: .served(old)
            case .metadata: .throttled(ms: 100_000)
            default: .well
            }
        } _: { _, client in
            let beginNs = EventLoop.nowNs()
            // What was assumed to be served is asked again in version 4; the first answer is
            // nobody's.
            let place = try await client.partitions(of: "t")
            _ = try await Admin(client: client).listOffsets(place, at: .latest)
            #expect(client.metrics.throttledAnswerCount == 1 && client.metrics.throttledUntilNs == 0)
            #expect(EventLoop.nowNs() - beginNs < 50_000_000_000)
        }
    }

    /// Kafka answers so until it has its next thousand of producer ids: that is waited for, and no
    /// fault.
    @Test(arguments: [(ErrorCode.coordinatorLoadInProgress, 0), (.notCoordinator, 1)])
    func waitingForTheNextProducerIdsIsNoFault(code: ErrorCode, retryCount: Int) async throws {
        let isFirst = Mutex(true)
        try await ScriptedServer.run(["retry.backoff.ms": "1", "retry.backoff.max.ms": "1"]) { header, _ in
            guard header.apiKey == .initProducerId else { return .well }
            var response = InitProducerIdResponse()
            response.errorCode = code
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .message(response) : .well
            }
        } _: { server, client in
            try await client.connect(topics: ["t"])
            let producer = Producer(client: client)
            _ = try? await producer.start(topics: ["t"])
            try await producer.start(topics: ["t"])
            #expect(server.count(.initProducerId) == 2 && client.metrics.retryCount == retryCount)
            _ = await producer.close()
        }
    }
}
