import KafkaClient
import KafkaProtocol
import Networking
import Results
import Scenario
import System

/// Finds where a start that seeks goes to, as a user of the client would: a question for each
/// moment, and reading for the newest records.
struct StartPositions {
    let client: Client
    let isolation: ConsumerConfiguration.IsolationLevel
    let loop: EventLoop
    let loss: TargetLoss

    /// The offset of each partition. Where nothing is as new as a moment it is the end.
    func find(
        _ position: StartSpec.Position, of partitions: [TopicPartition]
    ) async throws -> [TopicPartition: Int64] {
        switch position {
        case .timestamp(let ms): try await offsetsOrEnds(of: partitions, notOlderThanMs: ms)
        case .ago(let ns):
            try await offsetsOrEnds(of: partitions, notOlderThanMs: WallClock.nowMs() - Int64(ns / 1_000_000))
        case .offset(let offset): Dictionary(uniqueKeysWithValues: partitions.map { ($0, offset) })
        case .last(let count): try await newest(count, of: partitions)
        }
    }

    /// The first record of each partition that is not older than a moment, where there is one.
    func offsets(
        of partitions: [TopicPartition], notOlderThanMs ms: Int64
    ) async throws -> [TopicPartition: Int64] {
        try await Admin(client: client).listOffsets(partitions, at: .timestamp(ms: max(0, ms)), isolation: isolation)
            .filter { $0.value >= 0 }
    }

    private func offsetsOrEnds(
        of partitions: [TopicPartition], notOlderThanMs ms: Int64
    ) async throws -> [TopicPartition: Int64] {
        let found = try await offsets(of: partitions, notOlderThanMs: ms)
        let without = partitions.filter { found[$0] == nil }
        guard !without.isEmpty else { return found }
        let ends = try await Admin(client: client).listOffsets(without, at: .latest, isolation: isolation)
        return found.merging(ends) { own, _ in own }
    }

    // MARK: The newest records

    private func newest(_ count: Int, of partitions: [TopicPartition]) async throws -> [TopicPartition: Int64] {
        let admin = Admin(client: client)
        async let earliest = admin.listOffsets(partitions, at: .earliest)
        async let latest = admin.listOffsets(partitions, at: .latest, isolation: isolation)
        let (starts, ends) = try await (earliest, latest)
        var search = LastRecords(
            count,
            logs: partitions.map { partition in
                let end = ends[partition] ?? 0
                return min(starts[partition] ?? 0, end)..<end
            })
        while let ranges = search.next() {
            var wanted: [TopicPartition: Range<Int64>] = [:]
            for (index, range) in ranges { wanted[partitions[index]] = range }
            let read = try await read(wanted)
            for (index, _) in ranges { search.enter(read[partitions[index], default: []], of: index) }
        }
        return Dictionary(uniqueKeysWithValues: zip(partitions, search.beginnings))
    }

    /// The records of these ranges, each partition's in order.
    private func read(
        _ ranges: [TopicPartition: Range<Int64>]
    ) async throws -> [TopicPartition: [LastRecords.Record]] {
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .earliest
        configuration.isolationLevel = isolation
        let reading = TailReading(ranges, loop)
        let consumer = Consumer(
            client: client, configuration: configuration, assignment: .partitions(ranges.keys.sorted()),
            onBatch: { batch throws(WireError) in try reading.enter(batch) }, onError: { reading.fail($0) },
            onReset: { reading.moved($0, to: $1) }, onPosition: { reading.moved($0, to: $1) })
        for (partition, range) in ranges { try await consumer.seek(partition, to: range.lowerBound) }
        do {
            _ = try await consumer.start()
            try await reading.wait(timeoutMs: client.configuration.apiTimeoutMs)
        } catch {
            await consumer.stop()
            throw error
        }
        await consumer.stop()
        return reading.records
    }
}

extension StartSpec.Position {
    /// Whether the broker is asked where it lies.
    var isLookedUp: Bool {
        switch self {
        case .offset: false
        case .timestamp, .ago, .last: true
        }
    }
}

/// Collects where the ends of logs hold records, and how old they are; on its loop only.
private final class TailReading: @unchecked Sendable {
    private let ranges: [TopicPartition: Range<Int64>]
    private let loop: EventLoop
    private var positions: [TopicPartition: Int64] = [:]
    private var failure: (any Error)?
    private let change = LoopWait()
    private(set) var records: [TopicPartition: [LastRecords.Record]] = [:]

    init(_ ranges: [TopicPartition: Range<Int64>], _ loop: EventLoop) {
        self.ranges = ranges
        self.loop = loop
    }

    func enter(_ batch: borrowing FetchedBatch) throws(WireError) {
        let partition = batch.topicPartition
        guard let range = ranges[partition], batch.recordCount > 0 else { return }
        var cursor = batch.makeCursor()
        while let record = try cursor.next() {
            let found = LastRecords.Record(
                offset: batch.header.offset(record), timestampMs: batch.header.timestampMs(record))
            // What was sent meanwhile came after the question.
            if range.contains(found.offset) { records[partition, default: []].append(found) }
        }
        moved(partition, to: batch.lastOffset + 1)
    }

    func moved(_ partition: TopicPartition, to offset: Int64) {
        positions[partition] = max(offset, positions[partition] ?? offset)
        change.wake()
    }

    func fail(_ error: any Error) {
        failure = failure ?? error
        change.wake()
    }

    /// Waits until every range was read to its end: a count of records might never be reached.
    func wait(timeoutMs: Int) async throws {
        let deadlineNs = EventLoop.nowNs().later(byMs: timeoutMs)
        while !ranges.allSatisfy({ positions[$0.key, default: $0.value.lowerBound] >= $0.value.upperBound }) {
            if let failure { throw failure }
            guard EventLoop.nowNs() < deadlineNs else {
                throw EngineError(
                    "the newest records were not read within \(timeoutMs) ms (default.api.timeout.ms)", code: .timedOut)
            }
            await change.wait(untilNs: deadlineNs, on: loop)
        }
    }
}
