public import Results

/// What one run has left on a cluster.
public struct RunTrace: Sendable {
    /// The run.
    public let run: RunId
    /// Its topics, by name, each with its size.
    public internal(set) var topics: [Topic] = []
    /// Its groups.
    public internal(set) var groups: [Group] = []
    /// The commits of others' groups that it saved and did not put back.
    public internal(set) var saved: [SavedCommits.Entry] = []

    /// A topic of a run's.
    public struct Topic: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its offsets from the first to the end, over all partitions; nil where they cannot be
        /// asked for.
        public var recordCount: Int64?
    }

    /// A group of a run's.
    public struct Group: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its state in Kafka's word, if it has or may have members; nil where it has none.
        public let occupiedState: String?
    }

    /// The records of all its topics; nil where one cannot be asked for.
    public var recordCount: Int64? {
        topics.reduce(Optional(0)) { sum, topic in
            sum.flatMap { sum in topic.recordCount.map { sum + $0 } }
        }
    }
}

/// What became of one thing that was to be removed.
public struct CleanOutcome: Sendable, Equatable {
    /// What was to be done with it, in the past: `deleted`, `put back`.
    public let done: String
    /// What it was.
    public let what: String
    /// Why it is still there; nil where it is gone.
    public let reason: String?
}
