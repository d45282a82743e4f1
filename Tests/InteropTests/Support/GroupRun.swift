import KafkaClient
import KafkaProtocol
import Networking
import Synchronization
import Testing

/// What the members of a group read and committed: nothing may be lost, and nothing read after its
/// commit.
final class GroupLedger: Sendable {
    private struct State {
        var counts: [TopicPartition: [Int64: Int]] = [:]
        var committed: [TopicPartition: Int64] = [:]
        var violations: [String] = []
    }

    private let state = Mutex(State())

    /// Somebody read a record: a member of this process, or another without a name, of whose reads it
    /// is not known when they were.
    func read(_ partition: TopicPartition, _ offset: Int64, by name: String?) {
        state.withLock { state in
            state.counts[partition, default: [:]][offset, default: 0] += 1
            if let name, let committed = state.committed[partition], offset < committed {
                state.violations.append("\(name) read \(partition) at \(offset), committed is \(committed)")
            }
        }
    }

    /// A commit was acknowledged.
    func committed(_ offsets: [TopicPartition: Int64]) {
        state.withLock { $0.committed.merge(offsets) { max($0, $1) } }
    }

    /// How many records somebody has read.
    var readCount: Int { state.withLock { $0.counts.values.reduce(0) { $0 + $1.count } } }
    /// How many were read more than once.
    var repeatedCount: Int {
        state.withLock { $0.counts.values.reduce(0) { $0 + $1.values.count { $0 > 1 } } }
    }
    /// What was read although it was committed.
    var violations: [String] { state.withLock { $0.violations } }
    var committedOffsets: [TopicPartition: Int64] { state.withLock { $0.committed } }
}

/// A member of a group: polls, enters what it reads into a ledger, and commits it.
final class GroupRunMember: Sendable {
    let name: String
    let client: Client
    let consumer: Consumer
    private let ledger: GroupLedger
    private let isStopping = Atomic(false)
    private let task = Mutex<Task<Void, any Error>?>(nil)
    let events = Mutex<[MembershipEvent]>([])

    init(
        _ name: String, of bootstrap: String, on loop: EventLoop, topic: String, _ properties: [String: String],
        _ ledger: GroupLedger
    ) throws {
        self.name = name
        self.ledger = ledger
        client = Client(
            configuration: try ClientConfiguration(properties: ["bootstrap.servers": bootstrap, "client.id": name]),
            loop: loop)
        let told = Mutex<GroupRunMember?>(nil)
        let standard = [
            "auto.offset.reset": "earliest", "fetch.max.wait.ms": "100", "max.poll.records": "7",
            "group.protocol": "classic",
        ]
        consumer = Consumer(
            client: client, configuration: try ConsumerConfiguration(properties: standard.merging(properties) { $1 }),
            assignment: .subscription([topic]),
            onMembership: { event, _ in told.withLock { $0 }?.events.withLock { $0.append(event) } })
        told.withLock { $0 = self }
        let member = self
        task.withLock { $0 = Task(executorPreference: loop) { try await member.run() } }
    }

    private func run() async throws {
        _ = try await consumer.start()
        while !isStopping.load(ordering: .relaxed) {
            let records = try await consumer.poll(timeoutMs: 50)
            for record in records { ledger.read(record.topicPartition, record.offset, by: name) }
            guard !records.isEmpty else { continue }
            let offsets = await consumer.positions()
            do throws(ClientError) {
                try await consumer.commit(offsets)
                ledger.committed(offsets)
            } catch {
                guard case .broker(let code) = error.code,
                    [.rebalanceInProgress, .illegalGeneration, .unknownMemberId, .staleMemberEpoch].contains(code)
                else { throw error }
            }
        }
    }

    /// Leaves as it should.
    func stop() async throws {
        isStopping.store(true, ordering: .relaxed)
        try await task.withLock { $0 }?.value
        await consumer.stop()
        await client.close()
    }

    /// Dies: its connections end, and it leaves nothing.
    func die() async {
        await client.close()
        // It fails as closed, which is what dying looks like from within.
        _ = await task.withLock { $0 }?.result
    }
}

/// Waits until something holds; a minute at most.
func wait(_ what: String, until isSo: () async throws -> Bool) async throws {
    let endNs = EventLoop.nowNs() + 60_000_000_000
    while try await !isSo() {
        try #require(EventLoop.nowNs() < endNs, "\(what): not within a minute")
        try await Task.sleep(nanoseconds: 20_000_000)
    }
}
