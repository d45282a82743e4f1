public import Results

extension Expectation {
    /// What is wrong with it in an experiment of this kind; nil where it can be judged.
    func objection(in workload: Workload, hasBaseline: Bool) -> String? {
        let metric: Metric
        let kind = workload.kind.inResult
        do {
            metric = try MetricCatalogue(kind).metric(titled: self.metric)
        } catch {
            let isLost = error.nearest == nil && error.elsewhere.isEmpty
            let titles = MetricCatalogue(kind).metrics.map(\.title).joined(separator: ", ")
            return "'\(text)': \(error)" + (isLost ? "; there are \(titles)" : "")
        }
        if let absence = workload.absence(of: metric) { return "'\(text)': \(absence)" }
        if metric.kind == .count, unit == .number, bound != bound.rounded() {
            return "'\(text)': \(self.metric) is a count, and counts are whole: write a whole number"
        }
        if relation == .equal, metric.kind != .count {
            return "'\(text)': \(self.metric) is no count and never the very same twice: write <= or >="
        }
        if relation == .equal, unit == .timesBaseline {
            return "'\(text)': counts of two cells are compared by <= or >="
        }
        if relation == .atMost, metric.better == .higher {
            return "'\(text)': more \(self.metric) is better: write >="
        }
        if relation == .atLeast, metric.better == .lower { return "'\(text)': less \(self.metric) is better: write <=" }
        if unit == .timesBaseline {
            return hasBaseline ? nil : "'\(text)': the experiment has no baseline: add baseline: {AXIS: VALUE}"
        }
        return metric.unit.takes(unit) ? nil : "'\(text)': \(self.metric) \(metric.unit.wanted)"
    }
}

extension Metric.Unit {
    /// Whether a bound may be written so.
    fileprivate func takes(_ unit: Expectation.Unit) -> Bool {
        switch self {
        case .perSecond: unit == .perSecond || unit == .number
        case .megabytesPerSecond: unit == .megabytesPerSecond || unit == .number
        case .nanoseconds: unit == .nanoseconds
        case .bytes: unit == .bytes
        case .one, .ratio: unit == .number
        }
    }

    /// What to write.
    fileprivate var wanted: String {
        switch self {
        case .perSecond: "is a rate: write a number like 2000/s"
        case .megabytesPerSecond: "is a rate: write a number like 10 MB/s"
        case .nanoseconds: "is a time: write one like 90 µs or 20 ms"
        case .bytes: "is a size: write one like 250 B or 64 MiB"
        case .one, .ratio: "has no unit: write a plain number"
        }
    }
}

extension Workload {
    /// Why it never has a latency, in words; nil where it may.
    func absence(of metric: Metric) -> String? {
        guard let latency = metric.latency else { return nil }
        if let load = produce?.load, !load.hasLatency(latency) {
            return "\(metric.title) is not measured where load is \(load.words): there is \(load.instead)"
        }
        if let until = start?.until, !until.hasLatency(latency) {
            return "\(metric.title) is not measured with until: \(until.rawValue): write until: \(latency.title)"
        }
        return nil
    }
}

extension LoadSpec {
    fileprivate func hasLatency(_ latency: LatencyRecord.Kind) -> Bool {
        switch (latency, self) {
        case (.acknowledgement, .unlimited): false
        case (.queueing, .concurrency), (.queueing, .rate): false
        case (.service, .concurrency), (.slip, .concurrency), (.service, .unlimited), (.slip, .unlimited): false
        default: true
        }
    }

    fileprivate var words: String {
        switch self {
        case .concurrency: "a concurrency"
        case .rate: "a rate"
        case .unlimited: "unlimited"
        }
    }

    fileprivate var instead: String {
        switch self {
        case .concurrency: "ack"
        case .rate: "ack, service time and schedule slip"
        case .unlimited: "queueing time"
        }
    }
}

extension StartSpec.End {
    fileprivate func hasLatency(_ latency: LatencyRecord.Kind) -> Bool {
        switch (latency, self) {
        case (.firstRecord, .ready), (.caughtUp, .ready), (.caughtUp, .firstRecord): false
        default: true
        }
    }
}

extension Workload.Kind {
    /// The same in a result.
    public var inResult: ExperimentResult.Kind {
        switch self {
        case .produce: .produce
        case .consume: .consume
        case .endToEnd: .endToEnd
        case .start: .start
        }
    }
}
