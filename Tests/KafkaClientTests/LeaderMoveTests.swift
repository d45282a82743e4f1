import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// What a consumer makes of its fetches from the old leader and from the new one when both are
/// under way.
@Suite(.timeLimit(.minutes(1))) struct LeaderMoveTests {
    let partition = TopicPartition(topic: "t", partition: 0)

    /// What a consumer was told, and where it stands.
    struct Told: Equatable {
        var offsets: [Int64] = []
        var resets: [Int64] = []
        var position: Int64?
    }

    /// One of the fetches that are held, and its answer.
    struct Answer {
        let held: Int
        let reply: ScriptedServer.Reply
    }

    /// Fetches offset 0 from one leader (held as 0) and then from the next (held as 1), and has
    /// these answers, one after the other.
    func told(_ answers: [Answer]) async throws -> Told {
        let told = Mutex(Told())
        let isMoved = Mutex(false)
        try await ScriptedServer.run { header, _ in
            switch header.apiKey {
            case .fetch: .hold
            case .metadata: .led(by: isMoved.withLock { $0 } ? 2 : 1)
            default: .well
            }
        } _: { server, client in
            let consumer = Consumer(
                client: client, configuration: try ConsumerConfiguration(properties: ["auto.offset.reset": "earliest"]),
                assignment: .partitions([partition]),
                onBatch: { batch throws(WireError) in
                    let offsets = batch.firstOffset...batch.lastOffset
                    told.withLock { $0.offsets += offsets }
                }, onReset: { _, offset in told.withLock { $0.resets.append(offset) } })
            try await consumer.seek(partition, to: 0)
            await onLoop(of: client) { $0.metrics.tracedKinds = [.fetch] }
            _ = try await consumer.start()
            await server.wait(for: .fetch)
            isMoved.withLock { $0 = true }
            await onLoop(of: client) { $0.cluster.refreshMetadata() }
            await server.wait(for: .fetch, count: 2)
            for (count, answer) in answers.enumerated() {
                await server.release(answer.reply, at: answer.held)
                while await onLoop(of: client, { $0.metrics.spans.count }) == count { await Task.yield() }
            }
            let position = await consumer.position(of: partition)
            told.withLock { $0.position = position }
            await consumer.stop()
        }
        return told.withLock { $0 }
    }

    private func onLoop<Value: Sendable>(
        of client: Client, _ body: @escaping @Sendable (Client) -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            client.loop.execute { continuation.resume(returning: body(client)) }
        }
    }

    @Test func recordsThatBothBringAreHandedOutOnce() async throws {
        let (whole, short) = (try StoredBatch(recordCount: 3).bytes, try StoredBatch(recordCount: 2).bytes)
        let told = try await told([
            Answer(held: 1, reply: .records(whole)), Answer(held: 0, reply: .records(short)),
        ])
        #expect(told == Told(offsets: [0, 1, 2], position: 3))
    }

    @Test func theOldLeadersRecordsAreAsGoodIfTheyComeFirst() async throws {
        let (whole, short) = (try StoredBatch(recordCount: 3).bytes, try StoredBatch(recordCount: 2).bytes)
        let told = try await told([
            Answer(held: 0, reply: .records(short)), Answer(held: 0, reply: .records(whole)),
        ])
        #expect(told == Told(offsets: [0, 1], position: 2))
    }

    @Test(arguments: [ErrorCode.offsetOutOfRange, .topicAuthorizationFailed])
    func theOldLeadersErrorsCountForNothing(_ error: ErrorCode) async throws {
        let records = try StoredBatch().bytes
        let told = try await told([
            Answer(held: 0, reply: .refused(error)), Answer(held: 0, reply: .records(records)),
        ])
        #expect(told == Told(offsets: [0, 1, 2], position: 3))
    }
}
