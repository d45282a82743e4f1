import KafkaProtocol

/// Chooses the partitions of one topic's records: by the key's hash, or one for as long as a batch takes to fill (KIP-794), or all in turn.
struct PartitionChooser {
    private let kind: ProducerConfiguration.Partitioner
    private let ignoresKeys: Bool
    private let stickyByteCount: Int
    private var current: Int32?
    private var currentByteCount = 0

    init(_ configuration: ProducerConfiguration) {
        kind = configuration.partitioner
        ignoresKeys = configuration.ignoresKeys
        stickyByteCount = max(configuration.batchByteCount, 1)
    }

    /// The partition of a record of about `byteCount` bytes among `count` partitions, of which `available` have a leader.
    mutating func choose(
        key: RawSpan?, byteCount: Int, count: Int32, available: [Int32], using random: inout some RandomNumberGenerator
    ) -> Int32 {
        guard count > 1 else { return 0 }
        if kind == .roundRobin { return nextInTurn(count, available) }
        if let key, !ignoresKeys { return Murmur2.partition(ofKey: key, partitionCount: count) }
        if current == nil || currentByteCount >= stickyByteCount || current! >= count {
            current = another(count, available, &random)
            currentByteCount = 0
        }
        currentByteCount += byteCount
        return current ?? 0
    }

    private mutating func nextInTurn(_ count: Int32, _ available: [Int32]) -> Int32 {
        let choices = available.isEmpty ? Array(0..<count) : available
        let next = choices.first { $0 > current ?? -1 } ?? choices[0]
        current = next
        return next
    }

    private func another(_ count: Int32, _ available: [Int32], _ random: inout some RandomNumberGenerator) -> Int32 {
        let choices = available.isEmpty ? Array(0..<count) : available
        let others = choices.filter { $0 != current }
        return (others.isEmpty ? choices : others).randomElement(using: &random) ?? 0
    }
}
