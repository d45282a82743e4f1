/// Fetches that wait for bytes, by the partitions they wait on: an append wakes those that now have
/// enough, and nobody looks in between.
///
/// Pure bookkeeping; the caller keeps the parked requests.
struct FetchPurgatory<Partition: Hashable> {
    /// Names a waiting fetch.
    typealias Ticket = UInt64

    private struct Waiting {
        var partitions: [Partition]
        var missingByteCount: Int
    }

    private var waiting: [Ticket: Waiting] = [:]
    private var tickets: [Partition: Set<Ticket>] = [:]
    private var lastTicket: Ticket = 0

    /// Fetches that wait now.
    var count: Int { waiting.count }

    /// Takes in a fetch that lacks `missingByteCount` bytes over all its partitions.
    mutating func wait(on partitions: [Partition], missingByteCount: Int) -> Ticket {
        lastTicket += 1
        waiting[lastTicket] = Waiting(partitions: partitions, missingByteCount: missingByteCount)
        for partition in partitions { tickets[partition, default: []].insert(lastTicket) }
        return lastTicket
    }

    /// Counts bytes appended to a partition, and takes out the fetches that now have enough, oldest
    /// first.
    mutating func appended(_ byteCount: Int, to partition: Partition) -> [Ticket] {
        guard let concerned = tickets[partition] else { return [] }
        var ready: [Ticket] = []
        for ticket in concerned {
            waiting[ticket]?.missingByteCount -= byteCount
            if let left = waiting[ticket]?.missingByteCount, left <= 0 { ready.append(ticket) }
        }
        return takeOut(ready)
    }

    /// Takes out every fetch that waits on a partition, which was deleted or lost records.
    mutating func disturbed(_ partition: Partition) -> [Ticket] { takeOut(Array(tickets[partition] ?? [])) }

    /// Takes out a fetch whose time is over or whose client is gone; false when it was out already.
    @discardableResult
    mutating func remove(_ ticket: Ticket) -> Bool {
        guard let fetch = waiting.removeValue(forKey: ticket) else { return false }
        for partition in fetch.partitions {
            tickets[partition]?.remove(ticket)
            if tickets[partition]?.isEmpty == true { tickets[partition] = nil }
        }
        return true
    }

    private mutating func takeOut(_ ready: [Ticket]) -> [Ticket] {
        for ticket in ready { remove(ticket) }
        return ready.sorted()
    }
}
