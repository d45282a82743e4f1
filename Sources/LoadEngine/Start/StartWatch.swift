import KafkaClient
import KafkaProtocol
import Networking
import Results
import System

/// What arrives at a consumer that was just started; on its loop only.
///
/// Whether a partition was read to its end goes by its position, as the last offsets may hold a
/// transaction's marker, aborted records, or nothing.
final class StartWatch: @unchecked Sendable {
    /// One partition.
    private struct Place {
        /// The end it had when the start began.
        let end: Int64
        /// Whether its commit may turn out to be out of range, so that a fetch must tell where it
        /// begins.
        let isDoubtful: Bool
        /// Where the consumer's start found it to begin.
        var found: Int64?
        /// Where it was reset to.
        var reset: Int64?
        /// The first record that came.
        var first: Int64?
        /// How far it was read; nil until a fetch, or a reset, has settled where it begins.
        var position: Int64?

        var hasEnded: Bool { position.map { $0 >= end } ?? false }
    }

    private let untilCaughtUp: Bool
    /// Whether there is a record at each offset; a log that others wrote may have been compacted,
    /// or hold what is not handed out.
    private let isDense: Bool
    /// Whether a record is sent to each partition, so that each gives one.
    private let eachGetsOne: Bool
    private var places: [Place]
    private var firstRecordNs: UInt64?
    private(set) var caughtUpNs: UInt64?
    private var failure: (any Error)?
    /// When the consumer failed.
    private(set) var failedNs: UInt64?
    private let change = LoopWait()
    /// The last error that the consumer went on after, which may tell why nothing comes.
    var lastError: () -> ClientError? = { nil }

    /// Watches partitions that have their ends at `ends`, of which the `doubtful` have a commit
    /// that may be out of range.
    init(ends: [Int64], doubtful: Set<Int> = [], untilCaughtUp: Bool, isDense: Bool, eachGetsOne: Bool = false) {
        self.untilCaughtUp = untilCaughtUp
        self.isDense = isDense
        self.eachGetsOne = eachGetsOne
        places = ends.enumerated().map { Place(end: $1, isDoubtful: doubtful.contains($0)) }
    }

    // MARK: What the consumer says

    /// The start has found where to begin.
    func begun(_ offsets: [Int64?]) {
        for (index, offset) in zip(places.indices, offsets) {
            places[index].found = offset
            if !places[index].isDoubtful, places[index].position == nil { places[index].position = offset }
        }
        noteEnd()
    }

    func enter(_ batch: borrowing FetchedBatch) {
        let partition = Int(batch.topicPartition.partition)
        guard batch.recordCount > 0 else { return }
        enter(partition, first: batch.firstOffset, next: batch.lastOffset + 1, atNs: batch.receivedNs)
    }

    /// A batch came, from the offset `first` to before `next`.
    func enter(_ partition: Int, first: Int64, next: Int64, atNs: UInt64) {
        guard places.indices.contains(partition) else { return }
        if places[partition].first == nil { places[partition].first = first }
        places[partition].position = next
        if firstRecordNs == nil { firstRecordNs = atNs }
        noteEnd()
    }

    /// A fetch was in range, and the partition is read up to here.
    func read(_ partition: Int, upTo offset: Int64) {
        guard places.indices.contains(partition) else { return }
        places[partition].position = offset
        noteEnd()
    }

    /// A partition's offset was out of range, and it goes on where `auto.offset.reset` says.
    func reset(_ partition: Int, to offset: Int64) {
        guard places.indices.contains(partition) else { return }
        places[partition].reset = offset
        places[partition].position = offset
        noteEnd()
    }

    func fail(_ error: any Error) {
        if failure == nil {
            failure = error
            failedNs = EventLoop.nowNs()
        }
        change.wake()
    }

    /// Where a partition began; nil while that is not final, as for a refused consumer. If a record
    /// came, its offset counts. If none did, the offset counts that the partition was reset to or,
    /// without a reset, that the start found. In a log with gaps that offset counts too, because
    /// the first record may lie behind a gap.
    func beginning(of partition: Int) -> Int64? {
        guard places[partition].position != nil else { return nil }
        let claimed = places[partition].reset ?? places[partition].found
        guard let first = places[partition].first else { return claimed }
        if !isDense, let claimed, claimed <= first { return claimed }
        return first
    }

    // MARK: Waiting

    /// Waits until it is final where every partition begins: its offset was in range, or it was
    /// reset.
    func waitForPositions(on loop: EventLoop, timeoutMs: Int) async throws {
        let isInTime = await wait(on: loop, forMs: timeoutMs) { $0.places.allSatisfy { $0.position != nil } }
        if let failure { throw failure }
        guard isInTime else {
            throw EngineError(
                "a commit out of range was not reset within \(timeoutMs) ms (default.api.timeout.ms)", code: .timedOut)
        }
    }

    /// Waits for the timed end: the first record, or the end of every partition; returns when the
    /// first record came.
    ///
    /// Throws where no record can come, because every partition was read to its end without one.
    func waitForEnd(on loop: EventLoop, timeoutMs: Int) async throws -> UInt64? {
        let isInTime = await wait(on: loop, forMs: timeoutMs) { watch in
            watch.untilCaughtUp ? watch.caughtUpNs != nil : watch.firstRecordNs != nil || watch.caughtUpNs != nil
        }
        if let failure { throw failure }
        guard isInTime else {
            let what = firstRecordNs == nil ? "no record came" : "the end of the log was not reached"
            throw EngineError(
                "\(what) within \(timeoutMs) ms after a consumer's first Fetch (default.api.timeout.ms)\(because)",
                code: .timedOut)
        }
        if firstRecordNs == nil, !untilCaughtUp {
            throw EngineError(
                "every partition was read to its end, and no record came: what is there holds none that a consumer gets, "
                    + "such as aborted transactions under read_committed; say until: caught up, or until: ready")
        }
        return firstRecordNs
    }

    /// Waits, no longer timed, until each partition gave its first record or was read to its end. A
    /// partition that surely has records and gives none is an error.
    func waitForAllPartitions(on loop: EventLoop, timeoutMs: Int) async throws {
        _ = await wait(on: loop, forMs: timeoutMs) { $0.silentPartition == nil }
        if let failure { throw failure }
        guard let partition = silentPartition else { return }
        let place = places[partition]
        let begin = place.reset ?? place.found ?? place.end
        throw EngineError(
            "partition \(partition), which begins at offset \(begin), "
                + (isDense || eachGetsOne
                    ? "gave no record" : "was read up to \(place.position ?? begin) and not to its end, \(place.end),")
                + " within \(timeoutMs) ms (default.api.timeout.ms)\(because)",
            code: .timedOut)
    }

    private var because: String { lastError().map { "; the last error: \($0)" } ?? "" }

    /// The first partition that has records, by its offsets, and gave none.
    private var silentPartition: Int? {
        places.firstIndex { place in
            guard place.first == nil else { return false }
            if eachGetsOne { return true }
            return isDense ? (place.reset ?? place.found ?? place.end) < place.end : !place.hasEnded
        }
    }

    private func noteEnd() {
        if caughtUpNs == nil, places.allSatisfy({ $0.hasEnded && (!eachGetsOne || $0.first != nil) }) {
            caughtUpNs = EventLoop.nowNs()
        }
        change.wake()
    }

    /// Waits until `isDone` or the time is over; false for the latter.
    private func wait(on loop: EventLoop, forMs: Int, _ isDone: (StartWatch) -> Bool) async -> Bool {
        let deadlineNs = EventLoop.nowNs().later(byMs: forMs)
        while !isDone(self) {
            if failure != nil { return false }
            if EventLoop.nowNs() >= deadlineNs { return false }
            await change.wait(untilNs: deadlineNs, on: loop)
        }
        return true
    }
}
