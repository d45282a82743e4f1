/// Where a consumer must start on one partition: the rule table of PyKafka's usage guide, with
/// Kafka's answer to an offset that is out of range.
struct StartRule: Equatable, Sendable {
    /// What `auto.offset.reset` resolves to when it is asked.
    enum Policy: Equatable, Sendable {
        case earliest, latest
        /// No reset: a start without a valid commit is an error.
        case none
        /// The first record that is not older than a duration, else the end.
        case byDuration
    }

    /// The name of the rule that applied, as a result shows it.
    enum Reason: String, Sendable {
        case noGroup = "no group: auto.offset.reset"
        case newGroup = "new group: auto.offset.reset"
        /// Somebody's group that has none on the partition.
        case noCommit = "no commit: auto.offset.reset"
        case committed = "the commit"
        case resetOnStart = "reset on start: auto.offset.reset"
        case outOfRange = "commit out of range: auto.offset.reset"
        /// A commit that was there, and is gone.
        case expired = "commit expired: auto.offset.reset"
        /// The consumer seeks.
        case sought = "at: sought"
        case soughtOutOfRange = "at out of range: auto.offset.reset"

        /// Whether a fetch tells that an offset cannot be read from.
        var isOutOfRange: Bool { self == .outOfRange || self == .soughtOutOfRange }
        /// Whether `auto.offset.reset` goes.
        var isByPolicy: Bool { self != .committed && self != .sought }
    }

    let policy: Policy
    let resetsOnStart: Bool
    /// What a partition without a commit is called.
    var withoutCommit = Reason.newGroup

    /// The offset demanded by a log that does not move, and why; nil where the consumer must refuse
    /// to start.
    func expectedOffset(committed: Int64?, log: StartLog) -> (offset: Int64?, reason: Reason) {
        let reason = reasons(StartCommit(committed), log, log)[0]
        let offset: Int64? =
            switch reason {
            case .committed: committed
            case .sought: log.sought
            default: byPolicy(log)
            }
        return (offset, reason)
    }

    /// Judges a start that began at `observed`, in a log whose ends may have moved meanwhile, by
    /// the rule that explains it, if one does.
    func judge(
        committed: StartCommit, before: StartLog, after: StartLog, observed: Int64?
    ) -> StartJudgement {
        var judgements: [StartJudgement] = []
        for reason in reasons(committed, before, after) {
            let commit = committed.near(observed)
            let range =
                switch reason {
                case .committed: committed.range
                case .sought: Self.sought(before, after)
                default: byPolicy(before, after)
                }
            judgements.append(
                StartJudgement(
                    reason: reason, demanded: range, log: settled(reason, commit, before, after, at: observed),
                    committed: reason == withoutCommit ? nil : commit))
        }
        return judgements.first { $0.allows(observed) } ?? judgements[0]
    }

    /// The rules that may explain a start, the likeliest first.
    private func reasons(_ committed: StartCommit, _ before: StartLog, _ after: StartLog) -> [Reason] {
        if let range = Self.sought(before, after) {
            return reasons(range, before, after, inRange: .sought, outOfRange: .soughtOutOfRange)
        }
        guard let range = committed.range else { return [withoutCommit] }
        let withoutOne = committed.mayBeMissing ? [withoutCommit] : []
        guard !resetsOnStart else { return [.resetOnStart] + withoutOne }
        return reasons(range, before, after, inRange: .committed, outOfRange: .outOfRange) + withoutOne
    }

    /// Whether offsets may lie in the log, must, or neither.
    private func reasons(
        _ range: ClosedRange<Int64>, _ before: StartLog, _ after: StartLog, inRange: Reason, outOfRange: Reason
    ) -> [Reason] {
        let mayHold = range.upperBound >= before.start && range.lowerBound <= after.highWatermark
        let mustHold = range.lowerBound >= after.start && range.upperBound <= before.highWatermark
        return (mayHold || mustHold ? [inRange] : []) + (mustHold ? [] : [outOfRange])
    }

    /// Where the consumer may have sought to, as its aim may have moved meanwhile.
    private static func sought(_ before: StartLog, _ after: StartLog) -> ClosedRange<Int64>? {
        guard let first = before.sought, let last = after.sought else { return nil }
        return min(first, last)...max(first, last)
    }

    private func byPolicy(_ log: StartLog) -> Int64? { byPolicy(log, log)?.lowerBound }

    private func byPolicy(_ before: StartLog, _ after: StartLog) -> ClosedRange<Int64>? {
        switch policy {
        case .earliest: before.start...max(before.start, after.start)
        case .latest: before.end...max(before.end, after.end)
        case .none: nil
        case .byDuration:
            (before.byDuration ?? before.end)...max(before.byDuration ?? before.end, after.byDuration ?? after.end)
        }
    }

    /// The log when the position was found, as far as it is known.
    private func settled(
        _ reason: Reason, _ committed: Int64?, _ before: StartLog, _ after: StartLog, at observed: Int64?
    ) -> ClosedRange<Int64> {
        let offset = observed ?? before.end
        let end = min(max(before.end, offset), max(before.end, after.end))
        let lastStart = max(before.start, min(after.start, end))
        var start = before.start
        if reason.isByPolicy, policy == .earliest {
            start = min(max(before.start, offset), lastStart)
        } else if reason.isOutOfRange, let committed, committed >= before.start, committed < after.start {
            start = lastStart
        }
        return min(start, end)...end
    }
}

/// A group's commit on one partition while a start looks for it, which the group's owner may move
/// meanwhile.
struct StartCommit: Equatable, Sendable {
    /// What was committed before the start; nil for nothing.
    let before: Int64?
    /// What was committed after it; nil for nothing.
    let after: Int64?

    /// One that nobody moves.
    init(_ offset: Int64?) { self.init(before: offset, after: offset) }

    /// One that is, or was, moved.
    init(before: Int64?, after: Int64?) {
        self.before = before
        self.after = after
    }

    /// Every commit that the start may have found; nil where there was none.
    var range: ClosedRange<Int64>? {
        let ends = [before, after].compactMap(\.self)
        guard let first = ends.min(), let last = ends.max() else { return nil }
        return first...last
    }

    /// Whether the start may have found none.
    var mayBeMissing: Bool { before == nil || after == nil }

    /// The commit that a start at `observed` has most likely found.
    func near(_ observed: Int64?) -> Int64? {
        guard let range, let observed else { return before ?? after }
        return range.contains(observed) ? observed : before ?? after
    }
}

/// What a start on one partition is held against.
struct StartJudgement: Equatable, Sendable {
    /// The rule that applied.
    let reason: StartRule.Reason
    /// The offsets that are right; nil where the start must be refused.
    let demanded: ClosedRange<Int64>?
    /// The log from its first offset to its end when the position was found.
    let log: ClosedRange<Int64>
    /// The commit that was found; nil for none.
    var committed: Int64?

    /// Whether a start at this offset, or nil for none, is right.
    func allows(_ offset: Int64?) -> Bool {
        guard let demanded, let offset else { return demanded == nil && offset == nil }
        return demanded.contains(offset)
    }
}

/// A partition's log as a start sees it.
struct StartLog: Equatable, Sendable {
    /// The first offset there is.
    let start: Int64
    /// The end of what the consumer may read: under `read_committed` the last stable offset.
    let end: Int64
    /// The end of the log, up to which an offset is in range.
    let highWatermark: Int64
    /// The first record not older than the duration of `auto.offset.reset`; nil for none.
    var byDuration: Int64?
    /// Where a start that seeks goes to; nil for one by the rules.
    var sought: Int64?

    /// The range of what the consumer may read.
    var range: LogRange { LogRange(start: start, end: end) }

    /// Whether an offset is in range, so that a fetch from there is answered.
    func holds(_ offset: Int64) -> Bool { offset >= start && offset <= highWatermark }
}
