/// Where the starts began on one partition.
public struct PartitionStarts: Codable, Sendable, Equatable {
    /// The partition.
    public var partition: Int32
    /// The rule that held, such as `the commit` or `new group: auto.offset.reset`.
    public var rule: String
    /// The offset that the rule demands, for each start; nil where the start must be refused.
    public var demanded: [Int64?]
    /// The last right offset for each start, where the log's ends moved meanwhile; nil in old
    /// results, where only `demanded` is right.
    public var demandedUpTo: [Int64?]?
    /// The offset that each start began at; nil where it did not begin.
    public var observed: [Int64?]
    /// The group's commit, for each start; nil where there was none.
    public var committed: [Int64?]?
    /// The first offset of the log, for each start.
    public var logStart: [Int64]?
    /// The end of what the start could read of the log, for each start.
    public var logEnd: [Int64]?

    /// A partition, at first without any start.
    public init(partition: Int32, rule: String, demanded: [Int64?] = [], observed: [Int64?] = []) {
        self.partition = partition
        self.rule = rule
        self.demanded = demanded
        self.observed = observed
    }

    /// Adds a start.
    public mutating func enter(
        demanded: ClosedRange<Int64>?, observed: Int64?, committed: Int64?, logStart: Int64, logEnd: Int64
    ) {
        self.demanded.append(demanded?.lowerBound)
        demandedUpTo = (demandedUpTo ?? []) + [demanded?.upperBound]
        self.observed.append(observed)
        self.committed = (self.committed ?? []) + [committed]
        self.logStart = (self.logStart ?? []) + [logStart]
        self.logEnd = (self.logEnd ?? []) + [logEnd]
    }

    /// The starts that began elsewhere than demanded. The lists may be uneven: that is checked
    /// later.
    var wrongStarts: [Int] {
        zip(demanded, observed).enumerated().filter { start, offsets in
            guard let low = offsets.0, let offset = offsets.1 else { return offsets.0 != offsets.1 }
            let high = demandedUpTo.flatMap { $0.indices.contains(start) ? $0[start] : nil } ?? low
            return offset < low || offset > high
        }.map(\.offset)
    }

    /// The widest range of right offsets that a start has, in offsets.
    public var widest: Int64 {
        guard let demandedUpTo else { return 0 }
        return zip(demanded, demandedUpTo).map { low, high in
            guard let low, let high, high > low else { return 0 }
            return high.subtractingReportingOverflow(low).partialValue
        }.max() ?? 0
    }

    /// What the starts that began meant for their group; nil in old results, which do not say what
    /// the log was.
    var totals: StartTotals? {
        guard let committed, let logStart, let logEnd, unevenList == nil else { return nil }
        var totals = StartTotals()
        for (start, offset) in observed.enumerated() {
            guard let offset else {
                totals.addRefused(commit: committed[start], logEnd: logEnd[start])
                continue
            }
            totals.add(
                StartAccount(
                    commit: committed[start], start: offset, logStart: logStart[start], logEnd: logEnd[start]))
        }
        return totals
    }

    /// Which of the lists has not as many entries as there are starts.
    var unevenList: String? {
        let lists = [
            ("demanded", demanded.count), ("demandedUpTo", demandedUpTo?.count), ("committed", committed?.count),
            ("logStart", logStart?.count), ("logEnd", logEnd?.count),
        ]
        return lists.first { $0.1 != nil && $0.1 != observed.count }?.0
    }

    /// The first start whose log ends before it begins.
    var reversedLog: Int? {
        guard let logStart, let logEnd else { return nil }
        return zip(logStart, logEnd).enumerated().first { $0.element.0 > $0.element.1 }?.offset
    }
}
