import KafkaProtocol

/// Which batches of a fetch belong to aborted transactions, and so are not handed out under
/// `read_committed`.
struct AbortedTransactions {
    private var pending: [(producerId: Int64, firstOffset: Int64)]
    private var active: Set<Int64> = []

    /// What the broker said of the fetched range.
    init(_ aborted: [FetchResponse.AbortedTransaction]) {
        pending = aborted.map { ($0.producerId, $0.firstOffset) }.sorted { $0.firstOffset > $1.firstOffset }
    }

    /// Whether the next batch, in the order of the log, is to be left out. A control batch ends its
    /// producer's transaction.
    mutating func leavesOut(_ header: RecordBatchHeader) -> Bool {
        while let next = pending.last, next.firstOffset <= header.baseOffset {
            active.insert(next.producerId)
            pending.removeLast()
        }
        guard header.attributes.isTransactional else { return false }
        if header.attributes.isControl {
            active.remove(header.producerId)
            return true
        }
        return active.contains(header.producerId)
    }
}
