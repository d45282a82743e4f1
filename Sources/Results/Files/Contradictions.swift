internal import Measurement

/// A place in the JSON and what is wrong there.
typealias Contradiction = (jsonPath: String, what: String)

extension RunResult {
    /// More repeats than any scenario plans.
    private static let plannedRepeatsMax = 1 << 31

    /// The first place at which a result contradicts itself. Figures are computed only from a
    /// result without any.
    func firstContradiction() -> Contradiction? {
        for (place, experiment) in experiments.enumerated() {
            let path = "experiments[\(place)]"
            if let unknown = experiment.baseline?.first(where: { !experiment.axes.contains($0.name) }) {
                return ("\(path).baseline", "'\(unknown.name)' is none of the axes")
            }
            if !(0...Self.plannedRepeatsMax).contains(experiment.plannedRepeats) {
                return ("\(path).plannedRepeats", "not from 0 to \(Self.plannedRepeatsMax)")
            }
            for (place, cell) in experiment.cells.enumerated() {
                let path = "\(path).cells[\(place)]"
                if cell.axes.map(\.name) != experiment.axes {
                    return (
                        "\(path).axes", "not the axes of the experiment, \(experiment.axes.joined(separator: ", "))"
                    )
                }
                if !brokers.contains(where: { $0.name == cell.broker }) {
                    return ("\(path).broker", "'\(cell.broker)' is none of the brokers")
                }
                if let place = cell.expectations?.firstIndex(where: { !($0.bound >= 0 && $0.bound.isFinite) }) {
                    return ("\(path).expectations[\(place)].bound", "below 0")
                }
                if let share = cell.invalidShareMax, !(0...1).contains(share) {
                    return ("\(path).invalidShareMax", "no share from 0 to 1")
                }
                if cell.endedEarly != nil, cell.repeats.count >= experiment.plannedRepeats {
                    return ("\(path).endedEarly", "it has all its \(experiment.plannedRepeats) repeats")
                }
                for (place, made) in cell.repeats.enumerated() {
                    if let found = made.firstContradiction("\(path).repeats[\(place)]") { return found }
                }
            }
        }
        return nil
    }
}

extension Repeat {
    func firstContradiction(_ path: String) -> Contradiction? {
        if round < 1 { return ("\(path).round", "\(round) is below 1") }
        if let field = counts.negativeField { return ("\(path).counts.\(field)", "below 0") }
        if let field = disturbances?.negativeField { return ("\(path).disturbances.\(field)", "below 0") }
        if let outsideNs = disturbances?.outsideNs, outsideNs < disturbances?.longestGapNs ?? 0 {
            return ("\(path).disturbances.outsideNs", "less than the longest stretch of it")
        }
        if let field = countBeyond() { return ("\(path).\(field)", "more than anything counts to") }
        if let breakdown, breakdown.count < 0 { return ("\(path).breakdown.count", "below 0") }
        if let starts, let found = starts.firstContradiction("\(path).starts") { return found }
        for (place, latency) in latencies.enumerated() {
            if let what = latency.contradiction() { return ("\(path).latencies[\(place)]", what) }
        }
        if Set(latencies.map(\.kind)).count != latencies.count { return ("\(path).latencies", "a kind stands twice") }
        return nil
    }
}

extension Repeat {
    /// Sums are made of these, which must not overflow.
    private static let countMax: Int64 = 1 << 53

    private func countBeyond() -> String? {
        func isBeyond<Count: FixedWidthInteger>(_ count: Count) -> Bool { count > Count(clamping: Self.countMax) }
        if let api = traffic.requestsByApi.first(where: { isBeyond($0.value) }) {
            return "traffic.requestsByApi.\(api.key)"
        }
        if let codec = reconciliation?.codecsStored.first(where: { isBeyond($0.value) }) {
            return "reconciliation.codecsStored.\(codec.key)"
        }
        return nil
    }
}

extension WindowCounts {
    fileprivate var negativeField: String? {
        [
            ("attempted", attempted), ("acknowledged", acknowledged), ("failed", failed),
            ("acknowledgedBytes", acknowledgedBytes), ("consumed", consumed), ("consumedBytes", consumedBytes),
        ].first { $0.1 < 0 }?.0
    }
}

extension StartsRecord {
    fileprivate func firstContradiction(_ path: String) -> Contradiction? {
        for (place, row) in reachedAtNs.enumerated() {
            let times = row.compactMap { $0 }
            if row.count != milestones.count {
                return ("\(path).reachedAtNs[\(place)]", "\(row.count) times for \(milestones.count) milestones")
            }
            if zip(times, times.dropFirst()).contains(where: >) {
                return ("\(path).reachedAtNs[\(place)]", "a milestone before the one it follows")
            }
        }
        for (place, partition) in partitions.enumerated() {
            if let list = partition.unevenList {
                return ("\(path).partitions[\(place)]", "not as many entries in observed as in \(list)")
            }
            if let start = partition.reversedLog {
                return ("\(path).partitions[\(place)].logEnd[\(start)]", "a log that ends before it starts")
            }
        }
        if let place = refusals.firstIndex(where: { $0.count < 1 }) {
            return ("\(path).refusals[\(place)].count", "below 1")
        }
        return nil
    }
}

extension LatencyRecord {
    /// Where a histogram contradicts the summary beside it.
    fileprivate func contradiction() -> String? {
        do {
            let whole = try decoded()
            let percentiles = [(50.0, p50Ns), (90, p90Ns), (99, p99Ns), (99.9, p999Ns)]
            let isSame =
                whole.totalCount == count && whole.minValue == minNs && whole.maxValue == maxNs
                && percentiles.allSatisfy { whole.value(atPercentile: $0.0) == $0.1 }
                && (whole.mean - meanNs).magnitude <= 1e-9 * meanNs.magnitude
            return isSame ? nil : "the summary is not that of the histogram"
        } catch {
            return "\(error)"
        }
    }
}
