import Measurement
import Results
import System

/// What a repeat of consuming left behind.
struct ConsumeOutcome: Codable, Sendable, Equatable {
    var beginNs: UInt64 = 0
    var windowBeginNs: UInt64 = 0
    var windowEndNs: UInt64 = 0
    /// Records received since the begin, and in the window.
    var consumedCount = 0
    var windowCount = 0
    /// Bytes of key and value of the window's records.
    var windowByteCount = 0
    /// How often the whole topic was read to its end.
    var passCount = 0
    /// Where a partition brought other records than it holds, in words.
    private(set) var disagreements: [String] = []
    var perSecond: [Int] = []
    var batchCountByCodec: [String: Int64] = [:]
    var reading: WindowProbe.Reading?
    /// The stretches of the window in which nothing was received; none before it begins.
    var gaps = ProgressGaps(beginNs: .max)
    /// The partition of which nothing came for longest, although there was something to read.
    var standstill: Standstill?
    /// From the intended time to the consumer, where records are produced meanwhile.
    var latency = HdrHistogram.latencies()
    private(set) var failures: [InvalidReason] = []

    /// Of brokers and of the partition; where a broker is silent, so are its partitions.
    var standstills: [Standstill] { (reading?.silences ?? []) + [standstill].compactMap(\.self) }

    mutating func fail(_ reason: InvalidReason) {
        if failures.count < 16 { failures.append(reason) }
    }

    mutating func disagree(_ text: String) {
        if disagreements.count < 16 { disagreements.append(text) }
    }

    mutating func count(_ records: Int, atNs: UInt64) {
        consumedCount += records
        let second = Int(atNs.since(beginNs) / 1_000_000_000)
        guard second < 100_000 else { return }
        while perSecond.count <= second { perSecond.append(0) }
        perSecond[second] += records
    }
}
