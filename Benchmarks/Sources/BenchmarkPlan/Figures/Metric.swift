import Statistics

/// A figure of one sample.
public enum Metric: Sendable, Hashable {
    /// Processor time of the client for each record.
    case cpuPerRecord
    /// Records a second.
    case recordsPerSecond
    /// Megabytes of values a second.
    case megabytesPerSecond
    /// The median of starts, or of ways to the acknowledgement.
    case medianLatency
    /// Processor time of the broker for each megabyte of values.
    case brokerCPUPerMegabyte
    /// Another figure by its name.
    case figure(String)

    /// The figure; nil where the sample does not have it.
    public func value(_ sample: Sample) -> Double? {
        switch self {
        case .cpuPerRecord: Self.quotient(sample.cpuNs, sample.records)
        case .recordsPerSecond: Self.quotient(sample.records, sample.wallNs).map { $0 * 1e9 }
        case .megabytesPerSecond: Self.quotient(sample.payloadBytes, sample.wallNs).map { $0 * 1e3 }
        case .medianLatency: sample.samplesNs.flatMap { Statistics.median($0.map(Double.init)) }
        case .brokerCPUPerMegabyte: Self.quotient(sample.brokerCPUNs, sample.payloadBytes).map { $0 * 1e6 }
        case .figure(let name): sample.figures[name]
        }
    }

    private static func quotient(_ numerator: Int?, _ denominator: Int?) -> Double? {
        guard let numerator, let denominator, denominator > 0 else { return nil }
        return Double(numerator) / Double(denominator)
    }
}
