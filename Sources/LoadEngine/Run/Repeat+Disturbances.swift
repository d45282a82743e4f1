import Results

extension Repeat {
    /// Enters the longest gap between the window's records and, of brokers and partitions, the
    /// worst standstill, and why the window can't be trusted, if it can't.
    mutating func judge(
        _ gaps: ProgressGaps, _ standstills: [Standstill] = [], usualNs: UInt64, _ progress: DisturbanceRule.Progress
    ) {
        guard var found = disturbances else { return }
        let rule = rule(max(usualNs, gaps.usualNs), progress)
        found.longestGapNs = gaps.longestNs
        found.standstill = rule.worst(of: standstills)
        invalidReasons += rule.reasons(found)
        disturbances = found
    }

    /// Enters the gaps between arrivals beside those between acknowledgements, which stand already.
    mutating func judgeArrivals(_ gaps: ProgressGaps, _ standstill: Standstill? = nil, usualNs: UInt64) {
        guard let found = disturbances else { return }
        let rule = rule(max(usualNs, gaps.usualNs), .consumed)
        let arrivals = Disturbances(longestGapNs: gaps.longestNs, standstill: standstill)
        invalidReasons += rule.reasons(arrivals)
        disturbances?.longestGapNs = max(found.longestGapNs, gaps.longestNs)
        disturbances?.standstill = rule.worst(of: [found.standstill, standstill].compactMap(\.self))
    }

    /// Enters the time that is in no start's latency, start by start.
    mutating func judge(outsideNs: [UInt64]) {
        guard var found = disturbances else { return }
        let sorted = outsideNs.sorted()
        found.outsideNs = outsideNs.reduce(0, +)
        found.longestGapNs = sorted.last ?? 0
        invalidReasons += rule(sorted.isEmpty ? 0 : sorted[sorted.count / 2], .started).reasons(found)
        disturbances = found
    }

    private func rule(_ usualGapNs: UInt64, _ progress: DisturbanceRule.Progress) -> DisturbanceRule {
        DisturbanceRule(
            windowNs: windowNs, requestCount: traffic.requestsByApi.values.reduce(0, +), usualGapNs: usualGapNs,
            progress: progress)
    }
}
