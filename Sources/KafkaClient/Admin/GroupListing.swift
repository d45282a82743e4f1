/// A group as a cluster lists it.
public struct GroupListing: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its state in Kafka's word, such as `Empty` or `Stable`; empty before Kafka 2.6.
    public let state: String

    /// Whether its state says that it has members; one without a state may have some.
    public var mayHaveMembers: Bool { !["Empty", "Dead"].contains(state) }
}

/// Whether a group is there, and used.
public enum GroupOccupancy: Sendable, Equatable {
    /// There is no such group.
    case absent
    /// It is there and has no members.
    case empty
    /// It has members; how many, where that is known.
    case members(count: Int?, state: String)
}

/// A commit with what was stored beside it.
public struct CommittedOffset: Sendable, Equatable {
    /// The offset to go on from.
    public var offset: Int64
    /// The leader's epoch when the record before it was read; -1 where it is not known.
    public var leaderEpoch: Int32
    /// What the committer noted with it.
    public var metadata: String

    /// A commit.
    public init(offset: Int64, leaderEpoch: Int32 = -1, metadata: String = "") {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}
