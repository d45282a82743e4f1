import KafkaClient
import KafkaProtocol
import Networking

/// What arrives at a consumer that was just started; on its loop only.
final class StartWatch: @unchecked Sendable {
    private let demanded: [Int64?]
    private let ends: [Int64]
    private let untilCaughtUp: Bool
    private var firstOffsets: [Int64?]
    private var nextOffsets: [Int64]
    private var firstRecordNs: UInt64?
    private(set) var caughtUpNs: UInt64?
    private var failure: ClientError?
    private var waiting: CheckedContinuation<Void, Never>?

    /// Watches partitions that should begin at `demanded` and had their ends at `ends`.
    init(demanded: [Int64?], ends: [Int64], untilCaughtUp: Bool) {
        self.demanded = demanded
        self.ends = ends
        self.untilCaughtUp = untilCaughtUp
        firstOffsets = ends.map { _ in nil }
        nextOffsets = zip(demanded, ends).map { $0 ?? $1 }
    }

    /// The offset of the first record that came from a partition.
    func firstOffset(of partition: Int) -> Int64? { firstOffsets[partition] }

    func enter(_ batch: borrowing FetchedBatch) {
        let partition = Int(batch.topicPartition.partition)
        guard batch.recordCount > 0, firstOffsets.indices.contains(partition) else { return }
        if firstOffsets[partition] == nil { firstOffsets[partition] = batch.firstOffset }
        nextOffsets[partition] = batch.lastOffset + 1
        if firstRecordNs == nil { firstRecordNs = batch.receivedNs }
        if caughtUpNs == nil, hasCaughtUp { caughtUpNs = EventLoop.nowNs() }
        wake()
    }

    func fail(_ error: ClientError) {
        failure = failure ?? error
        wake()
    }

    /// Waits for the timed end: the first record, or the end of every partition.
    func waitForEnd(on loop: EventLoop) async throws -> UInt64? {
        let isInTime = await wait(on: loop, forNs: StartLoadPlan.startTimeoutNs) { watch in
            watch.untilCaughtUp ? watch.caughtUpNs != nil : watch.firstRecordNs != nil
        }
        if let failure { throw failure }
        guard isInTime else {
            throw EngineError(
                "no record within \(StartLoadPlan.startTimeoutNs / 1_000_000_000) s of a consumer's start")
        }
        return firstRecordNs
    }

    /// Waits, no longer timed, until each partition that has records gave its first.
    func waitForAllPartitions(on loop: EventLoop) async {
        _ = await wait(on: loop, forNs: Self.othersTimeoutNs) { watch in
            watch.firstOffsets.indices.allSatisfy { index in
                watch.firstOffsets[index] != nil || (watch.demanded[index] ?? .max) >= watch.ends[index]
            }
        }
    }

    private static let othersTimeoutNs: UInt64 = 5_000_000_000

    private var hasCaughtUp: Bool { zip(nextOffsets, ends).allSatisfy { $0 >= $1 } }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }

    /// Waits until `isDone` or the time is over; false for the latter.
    private func wait(on loop: EventLoop, forNs: UInt64, _ isDone: (StartWatch) -> Bool) async -> Bool {
        let deadlineNs = EventLoop.nowNs() + forNs
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
