import KafkaClient
import KafkaProtocol
import Measurement
import Results
import System

/// What became of every record of a repeat, warm-up included, and what was measured of those in the
/// window.
struct DeliveryBook: Codable, Sendable, Equatable {
    /// Why records were refused or are unknown, and how many.
    struct Failure: Codable, Sendable, Equatable {
        let code: InvalidReason.Code
        let text: String
        var count: Int
    }

    /// Records handed to a producer.
    var attemptedCount = 0
    /// Records the broker has confirmed or, with `acks=0`, that were written to the socket.
    private(set) var acknowledgedCount = 0
    /// Records that are certainly not stored.
    private(set) var refusedCount = 0
    /// Records that may be stored.
    private(set) var unknownCount = 0
    /// What kept records from being acknowledged, in the order seen.
    private(set) var errors: [Failure] = []
    /// Records acknowledged that belong to the window.
    private(set) var windowCount = 0
    /// Nanoseconds from the intended time to the acknowledgement, of the window's records.
    private(set) var latency = HdrHistogram.latencies()
    /// The sum of them.
    private(set) var latencyTotalNs: UInt64 = 0
    /// Nanoseconds from the hand-over to the acknowledgement, of the window's records, where that
    /// is not the latency: the service time of an open loop, the queueing time of a load without a
    /// limit.
    private(set) var afterHandOver: HdrHistogram?
    /// Acknowledged records for each second since the begin.
    private(set) var perSecond: [Int] = []
    /// When the last acknowledgement of the window came.
    private(set) var lastAckNs: UInt64 = 0

    private static let errorKindMax = 16

    /// Records whose outcome is not known yet.
    var outstandingCount: Int { attemptedCount - acknowledgedCount - refusedCount - unknownCount }

    /// Enters a batch's outcome; true when its records are acknowledged.
    mutating func enter(_ delivery: BatchDelivery, beginNs: UInt64) -> Bool {
        switch delivery.outcome {
        case .acknowledged, .sent:
            acknowledgedCount += delivery.recordCount
            count(delivery.recordCount, atNs: delivery.ackNs, beginNs: beginNs)
            return true
        case .refused(let error):
            refusedCount += delivery.recordCount
            let why =
                error.code == .broker(.invalidRecord)
                ? " (Weir's records have no key, which compacted topics want)" : ""
            note("refused: \(error.kind)\(why)", delivery.recordCount, error)
        case .unknown(let error):
            unknownCount += delivery.recordCount
            note("outcome unknown: \(error.kind)", delivery.recordCount, error)
        }
        return false
    }

    /// Enters acknowledged records of the window that have no intended time.
    mutating func enterWindow(count: Int, ackNs: UInt64) {
        windowCount += count
        lastAckNs = max(lastAckNs, ackNs)
    }

    /// Enters the latency of `count` of the window's records.
    mutating func enterLatency(_ ns: UInt64, count: Int) {
        latency.recordValue(ns, count: UInt64(count))
        latencyTotalNs &+= ns &* UInt64(count)
    }

    /// Enters how long `count` of the window's records took from their hand-over.
    mutating func enterAfterHandOver(_ ns: UInt64, count: Int) {
        guard count > 0 else { return }
        if afterHandOver == nil { afterHandOver = HdrHistogram.latencies() }
        afterHandOver?.recordValue(ns, count: UInt64(count))
    }

    /// Enters records that no producer has taken.
    mutating func enterRefusal(_ error: ClientError, count: Int) {
        refusedCount += count
        note("refused: \(error)", count, error)
    }

    /// Enters an error that kept so many records from being acknowledged.
    mutating func note(_ text: String, _ count: Int, _ error: any Error) {
        if let index = errors.firstIndex(where: { $0.text == text }) {
            errors[index].count += count
        } else if errors.count < Self.errorKindMax {
            errors.append(Failure(code: InvalidReason.Code(error), text: text, count: count))
        }
    }

    /// Counts acknowledged records in their second.
    mutating func count(_ records: Int, atNs: UInt64, beginNs: UInt64) {
        let second = Int(atNs.since(beginNs) / 1_000_000_000)
        guard second < 100_000 else { return }
        while perSecond.count <= second { perSecond.append(0) }
        perSecond[second] += records
    }
}
