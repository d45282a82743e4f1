import KafkaProtocol
import Networking

/// Copied records that wait for `poll`.
struct PollQueue {
    /// The records of one batch; when the last is taken, the position moves behind the batch.
    struct Entry {
        let partition: ConsumerCore.Partition
        let records: [ConsumerRecord]
        let nextOffset: Int64
    }

    private var entries = Fifo<Entry>()
    private var taken = 0
    private(set) var count = 0
    private var waiters: [(id: Int, body: () -> Void)] = []
    private var nextWaiter = 0

    /// Whether there is enough for the next poll, so that no more is fetched meanwhile.
    func isFull(_ countMax: Int) -> Bool { count >= countMax }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        count += entry.records.count
    }

    /// Takes up to `countMax` records, and moves the positions behind them.
    mutating func take(_ countMax: Int) -> [ConsumerRecord] {
        var records: [ConsumerRecord] = []
        while let entry = entries.first {
            let end = min(entry.records.count, taken + countMax - records.count)
            records.append(contentsOf: entry.records[taken..<end])
            taken = end
            guard end == entry.records.count else {
                // No record of this entry may have fitted; the last taken is then of another
                // partition.
                if end > 0 { entry.partition.place.consumed(upTo: entry.records[end - 1].offset + 1) }
                break
            }
            entry.partition.place.consumed(upTo: entry.nextOffset)
            _ = entries.popFirst()
            taken = 0
        }
        count -= records.count
        return records
    }

    /// Drops what is queued of a partition.
    mutating func drop(_ partition: ConsumerCore.Partition) {
        var kept = Fifo<Entry>()
        let keepsFirst = entries.first?.partition !== partition
        if !keepsFirst { taken = 0 }
        count = keepsFirst ? -taken : 0
        while let entry = entries.popFirst() {
            guard entry.partition !== partition else { continue }
            kept.append(entry)
            count += entry.records.count
        }
        entries = kept
    }

    mutating func removeAll() {
        entries = Fifo()
        taken = 0
        count = 0
    }

    /// How many wait to be woken.
    var waiterCount: Int { waiters.count }

    /// Calls `body` once, when records came or the consumer stopped, unless `stopWaiting` comes
    /// first with the number returned.
    mutating func whenWoken(_ body: @escaping () -> Void) -> Int {
        defer { nextWaiter += 1 }
        waiters.append((nextWaiter, body))
        return nextWaiter
    }

    mutating func stopWaiting(_ id: Int) { waiters.removeAll { $0.id == id } }

    mutating func wakeAll() {
        let waiters = self.waiters
        self.waiters = []
        for waiter in waiters { waiter.body() }
    }
}

extension [ConsumerRecord] {
    /// Appends copies of a batch's records.
    mutating func append(copying batch: borrowing FetchedBatch) throws(WireError) {
        reserveCapacity(count + batch.recordCount)
        var cursor = batch.makeCursor()
        while let record = try cursor.next() {
            var headers: [RecordHeader] = []
            var walk = record.headers
            while let header = try walk.next() {
                headers.append(
                    RecordHeader(key: String(decoding: copy(header.key), as: UTF8.self), value: copied(header.value)))
            }
            append(
                ConsumerRecord(
                    topicPartition: batch.topicPartition, offset: batch.header.offset(record),
                    timestampMs: batch.header.timestampMs(record), key: copied(record.key),
                    value: copied(record.value), headers: headers))
        }
    }
}

/// A copy of borrowed bytes.
func copy(_ bytes: RawSpan) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
}

func copied(_ bytes: RawSpan?) -> [UInt8]? {
    guard let bytes else { return nil }
    return copy(bytes)
}
