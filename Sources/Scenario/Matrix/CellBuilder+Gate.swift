import Results

extension CellBuilder {
    /// What a gate judges, checked against the metrics that this workload has.
    mutating func gate(of workload: Workload) -> GateSpec {
        let kind = workload.kind
        let (metrics, margin) = (root["gate"]["metrics"], root["gate"]["margin"])
        var spec = GateSpec()
        for item in metrics.node?.items ?? [] {
            guard let title = title(item.text, of: kind, at: item.mark) else { continue }
            let metric = MetricCatalogue(kind.inResult).metrics.first { $0.title == title }
            if let absence = metric.flatMap({ workload.absence(of: $0) }) {
                problems.error(item.mark, "gate: \(absence)")
            }
            if spec.metrics.contains(title) {
                problems.error(item.mark, "gate: metrics names '\(title)' twice")
            } else {
                spec.metrics.append(title)
            }
        }
        if metrics.node?.items?.isEmpty == true {
            problems.error(metrics.mark ?? mark, "gate: metrics is empty: leave it out for the usual ones")
        }
        spec.margin = self.margin(margin)
        for entry in margin.node?.entries ?? [] {
            guard let title = title(entry.key, of: kind, at: entry.keyMark) else { continue }
            spec.margins[title] = self.margin(CellReader(entry.value))
        }
        return spec
    }

    /// A margin of nothing would be passed by nothing.
    private mutating func margin(_ reader: CellReader) -> Double? {
        guard let share = reader.share else { return nil }
        if share == 0 { problems.error(reader.mark ?? mark, "gate: a margin of 0 % is passed by nothing: write 1 %") }
        return share
    }

    /// A metric's title in its one spelling; nil for one that is wrong, which is said, or that
    /// belongs to another experiment of the file.
    private mutating func title(_ text: String?, of kind: Workload.Kind, at place: Mark) -> String? {
        guard let text else { return nil }
        do {
            let metric = try MetricCatalogue(kind.inResult).metric(titled: text)
            guard metric.better != .neither else {
                problems.error(place, "gate: '\(metric.title)' is neither better nor worse by being more")
                return nil
            }
            return metric.title
        } catch {
            if error.elsewhere.isEmpty || hasOwnGate { problems.error(place, "gate: \(error)") }
            return nil
        }
    }
}
