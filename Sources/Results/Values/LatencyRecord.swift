public import Measurement

/// A distribution of latencies: its summary, and the histogram it was taken from.
public struct LatencyRecord: Codable, Sendable, Equatable {
    /// What was timed.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// To the acknowledgement: from the intended time in an open loop, else from before the
        /// send, or before construction where one belongs to the record.
        case acknowledgement
        /// From the actual send to the acknowledgement.
        case service = "service time"
        /// From the intended time to the actual send.
        case slip = "schedule slip"
        /// The wait in the producer's queue when nothing limits it.
        case queueing = "queueing time"
        /// From the intended time, or the send, to the consumer.
        case endToEnd = "end to end"
        /// From before construction until positions are known and the first Fetch is sent.
        case ready
        /// From before construction to the first record.
        case firstRecord = "first record"
        /// From before construction until every partition was read to the end it had.
        case caughtUp = "caught up"
        /// From before construction until a start was refused that must be.
        case refusal
    }

    /// What was timed.
    public var kind: Kind
    /// How many values there are.
    public var count: UInt64
    /// The least.
    public var minNs: UInt64
    /// The mean.
    public var meanNs: Double
    /// The median.
    public var p50Ns: UInt64
    /// The 90th percentile.
    public var p90Ns: UInt64
    /// The 99th percentile.
    public var p99Ns: UInt64
    /// The 99.9th percentile.
    public var p999Ns: UInt64
    /// The greatest.
    public var maxNs: UInt64
    /// The histogram in HdrHistogram's V2 compressed encoding, base64, in nanoseconds.
    public var histogram: String

    /// The record of a histogram of nanoseconds.
    public init(_ kind: Kind, _ histogram: HdrHistogram) throws(HistogramError) {
        self.kind = kind
        count = histogram.totalCount
        minNs = histogram.minValue
        meanNs = histogram.mean
        p50Ns = histogram.value(atPercentile: 50)
        p90Ns = histogram.value(atPercentile: 90)
        p99Ns = histogram.value(atPercentile: 99)
        p999Ns = histogram.value(atPercentile: 99.9)
        maxNs = histogram.maxValue
        self.histogram = try histogram.encodedBase64()
    }

    /// The histogram itself.
    public func decoded() throws(HistogramError) -> HdrHistogram { try HdrHistogram(base64: histogram) }
}
