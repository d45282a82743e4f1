/// What one start on one partition meant for its group, counted in offsets.
///
/// c is the commit, s the start and L…E the log. Without a commit, c counts as L, and nothing is
/// replayed or lost. A commit above the end says nothing of the log, so only what is unread is
/// known.
public struct StartAccount: Sendable, Equatable {
    /// Before the commit and read again: max(0, c − max(s, L)).
    public let replayed: Int64?
    /// After the commit and passed over: max(0, min(s, E) − max(c, L)).
    public let skipped: Int64?
    /// After the commit and no longer in the log: max(0, L − c).
    public let lost: Int64?
    /// From the start to the end: max(0, E − s).
    public let unread: Int64
    /// Whether the commit lies above the log's end.
    public let isCommitAboveEnd: Bool

    /// The account of a start at `start` with `commit` in a log from `logStart` to `logEnd`, the
    /// offset that the next record gets.
    public init(commit: Int64?, start: Int64, logStart: Int64, logEnd: Int64) {
        isCommitAboveEnd = commit.map { $0 > logEnd } ?? false
        unread = Self.excess(of: logEnd, over: start)
        guard !isCommitAboveEnd else {
            (replayed, skipped, lost) = (nil, nil, nil)
            return
        }
        replayed = commit.map { Self.excess(of: $0, over: max(start, logStart)) }
        skipped = Self.excess(of: min(start, logEnd), over: max(commit ?? logStart, logStart))
        lost = commit.map { Self.excess(of: logStart, over: $0) }
    }

    /// How far one offset lies beyond another, at least 0; it saturates, because a file may claim
    /// any offsets.
    private static func excess(of upper: Int64, over lower: Int64) -> Int64 {
        guard upper > lower else { return 0 }
        let (difference, overflows) = upper.subtractingReportingOverflow(lower)
        return overflows ? .max : difference
    }
}

/// The accounts of many starts added up.
public struct StartTotals: Sendable, Equatable {
    /// Nil where no start had a commit in its log.
    public private(set) var replayed: Int64?
    /// Nil where every start had its commit above the end.
    public private(set) var skipped: Int64?
    /// Nil where no start had a commit in or below its log.
    public private(set) var lost: Int64?
    /// Nil where no start began.
    public private(set) var unread: Int64?
    /// On how many partitions of how many starts the commit lay above the end.
    public private(set) var commitsAboveEnd = 0

    /// Nothing counted yet.
    public init() {}

    /// The totals of an old result, which has only two sums.
    init(replayed: Int64?, skipped: Int64?) {
        self.replayed = replayed
        self.skipped = skipped
    }

    /// Adds one start on one partition.
    public mutating func add(_ account: StartAccount) {
        add(replayed: account.replayed, skipped: account.skipped, lost: account.lost, unread: account.unread)
        if account.isCommitAboveEnd { commitsAboveEnd += 1 }
    }

    /// Adds a start that was refused, of which only the commit can be said.
    mutating func addRefused(commit: Int64?, logEnd: Int64) {
        if let commit, commit > logEnd { commitsAboveEnd += 1 }
    }

    /// Adds other totals.
    public mutating func add(_ other: StartTotals) {
        add(replayed: other.replayed, skipped: other.skipped, lost: other.lost, unread: other.unread)
        commitsAboveEnd += other.commitsAboveEnd
    }

    private mutating func add(replayed: Int64?, skipped: Int64?, lost: Int64?, unread: Int64?) {
        self.replayed = Self.sum(self.replayed, replayed)
        self.skipped = Self.sum(self.skipped, skipped)
        self.lost = Self.sum(self.lost, lost)
        self.unread = Self.sum(self.unread, unread)
    }

    private static func sum(_ first: Int64?, _ second: Int64?) -> Int64? {
        guard let first else { return second }
        guard let second else { return first }
        let (sum, overflows) = first.addingReportingOverflow(second)
        return overflows ? .max : sum
    }
}
