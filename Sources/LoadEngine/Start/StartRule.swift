/// Where a consumer must start on one partition: the rule table of PyKafka's usage guide, with Kafka's answer to an offset that is out of range.
struct StartRule: Equatable, Sendable {
    /// What `auto.offset.reset` resolves to when it is asked.
    enum Policy: Equatable, Sendable {
        case earliest, latest
        /// No reset: a start without a valid commit is an error.
        case none
    }

    /// The name of the rule that applied, as a result shows it.
    enum Reason: String, Sendable {
        case newGroup = "new group: auto.offset.reset"
        case committed = "the commit"
        case resetOnStart = "reset on start: auto.offset.reset"
        case outOfRange = "commit out of range: auto.offset.reset"
    }

    let policy: Policy
    let resetsOnStart: Bool

    /// The offset demanded, and why; nil where the consumer must refuse to start.
    func expectedOffset(committed: Int64?, logStartOffset: Int64, logEndOffset: Int64) -> (
        offset: Int64?, reason: Reason
    ) {
        let byPolicy: Int64? =
            switch policy {
            case .earliest: logStartOffset
            case .latest: logEndOffset
            case .none: nil
            }
        guard let committed else { return (byPolicy, .newGroup) }
        if resetsOnStart { return (byPolicy, .resetOnStart) }
        guard (logStartOffset...logEndOffset).contains(committed) else { return (byPolicy, .outOfRange) }
        return (committed, .committed)
    }
}
