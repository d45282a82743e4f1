/// What an idempotent producer signs its batches with.
struct ProducerIdentity: Equatable, Sendable {
    let id: Int64
    let epoch: Int16

    /// What stands in a batch of a producer that is not idempotent.
    static let none = ProducerIdentity(id: -1, epoch: -1)
}

/// The number after the last of `count` records that begin at `sequence`; after the greatest comes
/// 0.
func sequence(_ sequence: Int32, advancedBy count: Int32) -> Int32 {
    let (sum, overflows) = sequence.addingReportingOverflow(count)
    return overflows ? count &- (Int32.max &- sequence) &- 1 : sum
}
