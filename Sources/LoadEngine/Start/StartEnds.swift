import KafkaClient
import KafkaProtocol
import Networking
import System

/// When a start reached which of its ends, on the monotonic clock.
struct StartEnds: Sendable {
    var readyNs: UInt64?
    private(set) var firstRecordNs: UInt64?
    private(set) var caughtUpNs: UInt64?
    var refusal: StartRefusal?
    /// The wait for the records that were sent to the partitions, where a start waits for one.
    var wait: SendingWait?

    /// Enters the timed ends, without what passed until the engine sent the record.
    mutating func enter(firstRecordNs: UInt64?, caughtUpNs: UInt64?) {
        self.firstRecordNs = firstRecordNs.map { wait?.withoutGap($0) ?? $0 }
        self.caughtUpNs = caughtUpNs.map { wait?.withoutGap($0) ?? $0 }
    }
}

/// How a start's record came to be sent, which the generator asks the engine for: what passes
/// between the two is no part of the start.
struct SendingWait: Sendable {
    /// When the generator asked.
    let askedNs: UInt64
    let sent: SentRecords

    /// From there until the engine handed the record to its producer.
    var gapNs: UInt64 { sent.handedOverNs.since(askedNs) }

    /// A moment as it would be had the engine sent the record at once.
    func withoutGap(_ ns: UInt64) -> UInt64 { ns <= askedNs ? ns : max(askedNs, ns.earlier(by: gapNs)) }
}

/// A consumer's refusal to start, which `auto.offset.reset: none` demands without a valid commit.
struct StartRefusal: Sendable, Equatable {
    /// Kafka's name of the error.
    let error: String
    let atNs: UInt64
    /// Whether no partition began; false where a fetch of one was refused.
    let isOfTheWhole: Bool

    /// Nil for an error that says something else.
    init?(_ error: any Error, atNs: UInt64?) {
        guard let code = (error as? ClientError)?.code else { return nil }
        switch code {
        case .noOffset: (self.error, isOfTheWhole) = ("NoOffsetForPartitionException", true)
        case .broker(.offsetOutOfRange): (self.error, isOfTheWhole) = ("OFFSET_OUT_OF_RANGE", false)
        default: return nil
        }
        self.atNs = atNs ?? EventLoop.nowNs()
    }
}
