/// The gaps of many waterfalls of the same course, such as all cold starts of a cell.
///
/// Waterfalls need not have the same gaps. A gap is known by its title and by how often that came
/// before in its waterfall. The means of all gaps sum to the mean of the whole, because a waterfall
/// without a gap counts as 0 there; median and percentile are over those that have it.
public struct WaterfallSummary: Sendable, Equatable {
    /// One gap over all waterfalls.
    public struct Gap: Sendable, Equatable {
        /// What it is called.
        public let title: String
        /// Whose time it is.
        public let cause: Waterfall.Cause
        /// How many waterfalls have it.
        public let count: Int
        /// The mean over all waterfalls, in nanoseconds.
        public let meanNs: Double
        /// The median over those that have it, in nanoseconds.
        public let medianNs: UInt64
        /// The 99th percentile, in nanoseconds; nil with fewer than ten waterfalls beyond it.
        public let p99Ns: UInt64?
    }

    /// How many waterfalls there are.
    public let count: Int
    /// The mean of the whole, in nanoseconds.
    public let meanNs: Double
    /// The gaps in the order in which they come.
    public let gaps: [Gap]

    private struct Key: Hashable {
        let title: String
        let cause: Waterfall.Cause
        let place: Int
    }

    /// The summary of waterfalls; the order of gaps is that of the first waterfall that has them.
    public init(_ waterfalls: [Waterfall]) {
        count = waterfalls.count
        meanNs = waterfalls.isEmpty ? 0 : waterfalls.map { Double($0.totalNs) }.reduce(0, +) / Double(waterfalls.count)
        var order: [Key] = []
        var values: [Key: [UInt64]] = [:]
        for waterfall in waterfalls {
            var seen: [String: Int] = [:]
            var place = 0
            for gap in waterfall.gaps {
                let key = Key(title: gap.title, cause: gap.cause, place: seen[gap.title, default: 0])
                seen[gap.title, default: 0] += 1
                if values[key] == nil { order.insert(key, at: min(place, order.count)) }
                values[key, default: []].append(gap.ns)
                place = (order.firstIndex(of: key) ?? order.count - 1) + 1
            }
        }
        let whole = Double(max(waterfalls.count, 1))
        gaps = order.map { key in
            let all = (values[key] ?? []).sorted()
            return Gap(
                title: key.title, cause: key.cause, count: all.count,
                meanNs: all.map { Double($0) }.reduce(0, +) / whole, medianNs: Self.percentile(50, all) ?? 0,
                p99Ns: all.count >= 1_000 ? Self.percentile(99, all) : nil)
        }
    }

    /// By nearest rank.
    private static func percentile(_ share: Int, _ sorted: [UInt64]) -> UInt64? {
        guard !sorted.isEmpty else { return nil }
        return sorted[max(0, (sorted.count * share + 99) / 100 - 1)]
    }
}
