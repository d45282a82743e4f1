/// Where the time of a repeat went: the mean of each step since the one before, which sum to the
/// mean of the whole.
///
/// The steps are those of a producer's life, of a record, or the milestones of a consumer start.
public struct StepMeans: Sendable, Equatable {
    /// What the means are for: `client`, `producer`, `record` or `start`.
    public let per: String
    /// The steps that there are, in their order.
    public let names: [String]
    /// Their means, over all that `per` counts; nil for a step that none of them made.
    public let meansNs: [Double?]

    /// Nil where nothing was broken down.
    public init?(_ made: Repeat) {
        if let starts = made.starts, !starts.reachedAtNs.isEmpty {
            self.init(starts)
        } else if let breakdown = made.breakdown, breakdown.count > 0 {
            self.init(breakdown)
        } else {
            return nil
        }
    }

    private init(_ breakdown: Breakdown) {
        per = breakdown.per
        names = breakdown.steps.map(\.name)
        meansNs = breakdown.steps.map { $0.count > 0 ? Double($0.totalNs) / Double(breakdown.count) : nil }
    }

    /// A milestone that a start did not need has no step there, and the next counts from the one
    /// before.
    private init(_ starts: StartsRecord) {
        var sums = [Double?](repeating: nil, count: starts.milestones.count)
        for row in starts.reachedAtNs {
            var beforeNs: UInt64 = 0
            for (place, reached) in row.enumerated() where place < sums.count {
                guard let reached else { continue }
                sums[place] = (sums[place] ?? 0) + Double(reached) - Double(beforeNs)
                beforeNs = reached
            }
        }
        per = "start"
        names = starts.milestones
        meansNs = sums.map { $0.map { $0 / Double(starts.reachedAtNs.count) } }
    }

    /// The mean of a step; nil for one that was not made.
    public func meanNs(_ name: String) -> Double? {
        let means = zip(names, meansNs).compactMap { $0 == name ? $1 : nil }
        return means.isEmpty ? nil : means.reduce(0, +)
    }

    /// The mean of the whole.
    public var totalNs: Double { meansNs.compactMap { $0 }.reduce(0, +) }
}

extension Metric {
    /// The steps that repeats made, and their sum: the longest list gives the order.
    static func steps(of repeats: [Repeat]) -> [Metric] {
        let lists = repeats.compactMap { StepMeans($0)?.names }.enumerated()
        var seen: Set<String> = []
        let names = lists.sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .flatMap(\.element).filter { seen.insert($0).inserted }
        guard !names.isEmpty else { return [] }
        return names.map { name in
            let words = name.split(separator: " ", maxSplits: 1).map(String.init)
            return step(name, group: words.count > 1 ? words[0] : "", words.last ?? name) { $0.meanNs(name) }
        } + [step("sum", "sum") { $0.totalNs }]
    }

    private static func step(
        _ key: String, group: String = "", _ name: String, _ value: @escaping @Sendable (StepMeans) -> Double?
    ) -> Metric {
        Metric(
            "step.\(key)", group: group, name, .nanoseconds, better: .lower, .time, .meanOfPart, in: .steps,
            about: key == "sum" ? "the mean of the whole" : "the mean time since the step before"
        ) { StepMeans($0).flatMap(value) }
    }
}
