/// Settings of the group coordinator, by Kafka's names; times in milliseconds.
struct GroupSettings: Sendable {
    /// `group.initial.rebalance.delay.ms`: how long the first rebalance of an empty group waits for
    /// more members.
    var initialRebalanceDelayMs: Int64 = 3000
    /// `group.min.session.timeout.ms`.
    var sessionTimeoutMsMin: Int32 = 6000
    /// `group.max.session.timeout.ms`.
    var sessionTimeoutMsMax: Int32 = 1_800_000
    /// `group.max.size`: the members of one group.
    var sizeMax: Int32 = .max
    /// How long a member that has joined for the first time may wait for the rebalance, as in
    /// Kafka.
    let newMemberTimeoutMs: Int64 = 300_000
    /// How long an empty group that never committed is kept: Kafka looks for such every ten
    /// minutes.
    let emptyGroupMs: Int64 = 600_000

    /// Why the settings contradict each other, or nil.
    var fault: String? {
        guard sessionTimeoutMsMin > sessionTimeoutMsMax else { return nil }
        return "group.min.session.timeout.ms is \(sessionTimeoutMsMin), which is more than "
            + "group.max.session.timeout.ms, \(sessionTimeoutMsMax)"
    }
}
