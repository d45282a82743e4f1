/// What slices of one length cost, and how they differ where nothing changed.
public struct GateLength: Sendable, Equatable {
    /// How long a slice is where nobody has measured which length is best.
    public static let usualNs: UInt64 = 150_000_000
    /// The lengths that a calibration measures.
    public static let measuredNs: [UInt64] = [75_000_000, usualNs, 300_000_000]

    /// How long a slice is.
    public var sliceNs: UInt64
    /// What a pair of them takes.
    public var cost: GateCost
    /// How they differ.
    public var noise: GateNoise

    /// A length with what is known of it.
    public init(sliceNs: UInt64 = usualNs, cost: GateCost, noise: GateNoise = GateSplit.usualNoise) {
        (self.sliceNs, self.cost, self.noise) = (sliceNs, cost, noise)
    }
}

extension GateNoise {
    /// The noise of pairs that were measured in groups, one for each length of slices: what slices
    /// bring is each group's own, and what processes bring, which no slice changes, is taken from
    /// all together. Nil where a group has fewer than two pairs.
    static func pooled(_ groups: [[GatePair.Figure]]) -> [GateNoise]? {
        var (freedom, excess) = (0.0, 0.0)
        for group in groups {
            guard let spread = Spread(group.map(\.logRatio)) else { return nil }
            let ofMeans = group.map { $0.sliceDeviation * $0.sliceDeviation / Double(max($0.sliceCount, 1)) }
                .reduce(0, +)
            let degrees = Double(group.count - 1)
            freedom += degrees
            excess += degrees * (spread.deviation * spread.deviation - ofMeans / Double(group.count))
        }
        guard freedom > 0 else { return nil }
        let between = max(0, excess / freedom).squareRoot()
        return groups.map { group in
            let variance = group.map { $0.sliceDeviation * $0.sliceDeviation }.reduce(0, +) / Double(group.count)
            return GateNoise(within: variance.squareRoot(), between: between)
        }
    }
}
