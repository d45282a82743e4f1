public import Results
public import Scenario

extension AxisSetting {
    init(_ value: AxisValue) { self.init(name: value.axis, value: value.value) }
}

extension Workload {
    /// What drives its senders, as a result says it; none where nothing is produced.
    public var resultLoad: Load? { produce.map(Load.init) }
}

extension Load {
    init(_ spec: ProduceSpec) {
        switch spec.load {
        case .concurrency(let count): self = .closed(concurrency: count)
        case .rate(let perSecond): self = .open(ratePerSecond: perSecond)
        case .unlimited: self = .unlimited
        }
    }
}

extension Repeat {
    /// The repeat in a few words, for a progress line.
    var summary: String {
        if let reason = invalidReasons.first { return "INVALID: \(reason.code.rawValue): \(reason.detail)" }
        let seconds = Double(windowNs) / 1_000_000_000
        if let starts { return "\(starts.reachedAtNs.count) starts in \(rounded(seconds)) s" }
        let records = max(counts.acknowledged, counts.consumed)
        return "\(Int(Double(records) / max(seconds, 1e-9))) records/s over \(rounded(seconds)) s"
    }

    private func rounded(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }
}
