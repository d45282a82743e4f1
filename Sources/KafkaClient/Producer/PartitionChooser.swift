import KafkaProtocol

/// Which partition of one topic the next record without a key goes to: one for as long as batches
/// take to fill (KIP-794), or all in turn.
///
/// As in Java's client, a partition is kept for at least `batch.size` bytes. It is left when no
/// batch of it is being filled, so that no batch is cut short, and at twice that size in any case.
struct PartitionChooser {
    private let stickyByteCount: Int
    /// The partition that is kept; nil when the next record wants another.
    private(set) var current: Int?
    private var byteCount = 0
    private var turn = 0

    init(_ configuration: ProducerConfiguration) { stickyByteCount = max(configuration.batchByteCount, 1) }

    /// How many bytes more the partition may be kept for at most.
    var byteCountLeft: Int { 2 * stickyByteCount - byteCount }

    /// Keeps a partition from now on.
    mutating func keep(_ partition: Int) {
        current = partition
        byteCount = 0
    }

    /// The next record goes elsewhere.
    mutating func leave() { current = nil }

    /// Records are about to be appended; `isFull` says that no batch of the kept partition takes
    /// more.
    mutating func willAdd(isFull: Bool) {
        if isFull, byteCount >= stickyByteCount { current = nil }
    }

    /// Records of so many bytes were appended.
    mutating func added(byteCount added: Int, isFull: Bool) {
        byteCount += added
        if isFull && byteCount >= stickyByteCount || byteCount >= 2 * stickyByteCount { current = nil }
    }

    /// RoundRobinPartitioner: the next of `count` partitions, among those that have a leader if
    /// there are any.
    mutating func nextInTurn(count: Int, hasLeader: (Int) -> Bool) -> Int {
        defer { turn &+= 1 }
        var led = 0
        for partition in 0..<count where hasLeader(partition) { led += 1 }
        guard led > 0, led < count else { return turn % count }
        var left = turn % led
        for partition in 0..<count where hasLeader(partition) {
            guard left > 0 else { return partition }
            left -= 1
        }
        return 0
    }

    /// The partition a key belongs to.
    static func partition(ofKey key: RawSpan, count: Int) -> Int {
        Int(Murmur2.partition(ofKey: key, partitionCount: Int32(clamping: count)))
    }

    /// One of `count` partitions by chance: the longer its queue, the less likely (KIP-794). A
    /// queue that is nil is not available.
    static func choose(
        count: Int, using random: inout some RandomNumberGenerator, queueLength: (Int) -> Int?
    ) -> Int {
        var longest = -1
        for partition in 0..<count { longest = max(longest, queueLength(partition) ?? -1) }
        // Where none is available, any will do.
        guard longest >= 0 else { return Int.random(in: 0..<max(count, 1), using: &random) }
        var total = 0
        for partition in 0..<count { total += queueLength(partition).map { longest + 1 - $0 } ?? 0 }
        var left = Int.random(in: 0..<total, using: &random)
        for partition in 0..<count {
            left -= queueLength(partition).map { longest + 1 - $0 } ?? 0
            if left < 0 { return partition }
        }
        return 0
    }
}
