import KafkaClient
import KafkaProtocol
import Networking
import Results

/// What arrives at a consumer that was just started; on its loop only.
final class StartWatch: @unchecked Sendable {
    private let demanded: [Int64?]
    private let ends: [Int64]
    private let untilCaughtUp: Bool
    /// Whether there is a record at each offset; a log that others wrote may have been compacted, or hold control records.
    private let isDense: Bool
    private var firstOffsets: [Int64?]
    private var resetOffsets: [Int64?]
    /// Whether a record was sent to each partition, so that each gives one.
    var eachGetsOne = false
    private var nextOffsets: [Int64]
    private var firstRecordNs: UInt64?
    private(set) var caughtUpNs: UInt64?
    private var failure: (any Error)?
    private var waiting: CheckedContinuation<Void, Never>?

    /// Watches partitions that should begin at `demanded` and had their ends at `ends`.
    init(demanded: [Int64?], ends: [Int64], untilCaughtUp: Bool, isDense: Bool) {
        self.demanded = demanded
        self.ends = ends
        self.untilCaughtUp = untilCaughtUp
        self.isDense = isDense
        firstOffsets = ends.map { _ in nil }
        resetOffsets = firstOffsets
        nextOffsets = zip(demanded, ends).map { $0 ?? $1 }
    }

    /// Where a partition began. Where a record came, its offset is the truth; where none was due, it is where the partition was reset to or, without
    /// a reset, the consumer's position. In a log with gaps the record behind one comes first, wherever in the gap it began.
    func beginning(of partition: Int, position: Int64?) -> Int64? {
        let claimed = resetOffsets[partition] ?? position
        guard let first = firstOffsets[partition] else { return claimed }
        if !isDense, let claimed, claimed <= first { return claimed }
        return first
    }

    func enter(_ batch: borrowing FetchedBatch) {
        let partition = Int(batch.topicPartition.partition)
        guard batch.recordCount > 0, firstOffsets.indices.contains(partition) else { return }
        if firstOffsets[partition] == nil { firstOffsets[partition] = batch.firstOffset }
        nextOffsets[partition] = batch.lastOffset + 1
        if firstRecordNs == nil { firstRecordNs = batch.receivedNs }
        if caughtUpNs == nil, hasCaughtUp { caughtUpNs = EventLoop.nowNs() }
        wake()
    }

    /// A partition's offset was out of range, and it goes on where `auto.offset.reset` says.
    func reset(_ partition: Int, to offset: Int64) {
        guard resetOffsets.indices.contains(partition) else { return }
        resetOffsets[partition] = offset
        wake()
    }

    func fail(_ error: any Error) {
        failure = failure ?? error
        wake()
    }

    /// Waits for the timed end: the first record, or the end of every partition.
    func waitForEnd(on loop: EventLoop, timeoutMs: Int) async throws -> UInt64? {
        let isInTime = await wait(on: loop, forMs: timeoutMs) { watch in
            watch.untilCaughtUp ? watch.caughtUpNs != nil : watch.firstRecordNs != nil
        }
        if let failure { throw failure }
        guard isInTime else {
            let what = firstRecordNs == nil ? "no record came" : "the end of the log was not reached"
            throw EngineError(
                "\(what) within \(timeoutMs) ms after a consumer's first Fetch (default.api.timeout.ms)",
                code: .timedOut)
        }
        return firstRecordNs
    }

    /// Waits until each of these partitions was reset.
    func waitForResets(of partitions: [Int], on loop: EventLoop, timeoutMs: Int) async throws {
        let isInTime = await wait(on: loop, forMs: timeoutMs) { watch in
            partitions.allSatisfy { watch.resetOffsets[$0] != nil }
        }
        if let failure { throw failure }
        guard isInTime else {
            throw EngineError(
                "a commit out of range was not reset within \(timeoutMs) ms (default.api.timeout.ms)", code: .timedOut)
        }
    }

    /// Waits, no longer timed, until each partition that has records gave its first; one that surely has some and gives none is an error.
    func waitForAllPartitions(on loop: EventLoop, timeoutMs: Int) async throws {
        let mustGive = isDense || eachGetsOne
        let waitMs = mustGive ? timeoutMs : min(timeoutMs, Self.othersTimeoutMs)
        _ = await wait(on: loop, forMs: waitMs) { $0.silentPartition == nil }
        if let failure { throw failure }
        guard mustGive, let partition = silentPartition else { return }
        throw EngineError(
            "partition \(partition), which must begin at offset \(demanded[partition] ?? ends[partition]), "
                + "gave no record within \(timeoutMs) ms (default.api.timeout.ms)",
            code: .timedOut)
    }

    /// The first partition that has records, by its offsets, and gave none.
    private var silentPartition: Int? {
        firstOffsets.indices.first { index in
            firstOffsets[index] == nil && (eachGetsOne || (demanded[index] ?? .max) < ends[index])
        }
    }

    /// How long is waited for partitions that may have nothing but offsets.
    private static let othersTimeoutMs = 5_000

    private var hasCaughtUp: Bool { zip(nextOffsets, ends).allSatisfy { $0 >= $1 } }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }

    /// Waits until `isDone` or the time is over; false for the latter.
    private func wait(on loop: EventLoop, forMs: Int, _ isDone: (StartWatch) -> Bool) async -> Bool {
        let deadlineNs = EventLoop.nowNs() + UInt64(forMs) * 1_000_000
        while !isDone(self) {
            if failure != nil { return false }
            if EventLoop.nowNs() >= deadlineNs { return false }
            let timer = loop.schedule(atNs: deadlineNs) { self.wake() }
            await withCheckedContinuation { waiting = $0 }
            timer.cancel()
        }
        return true
    }
}
