import KafkaClient
import Measurement
import Results

/// The outcome of a measurement, before it is reconciled with what the broker stored.
enum Measured: Codable, Sendable, Equatable {
    case produced(ProduceOutcome)
    case consumed(ConsumeOutcome)
    case endToEnd(ProduceOutcome, ConsumeOutcome)
    case started(StartsOutcome)
}

/// What a repeat of consumer starts left behind, before they are judged.
struct StartsOutcome: Codable, Sendable, Equatable {
    /// When the first start began, and when the last had ended.
    var beginNs: UInt64
    var endNs: UInt64
    /// What the starts used and sent.
    var reading: WindowProbe.Reading
    /// The starts in their order, from number 1.
    var starts: [StartReport]
}

/// What one start did; times are nanoseconds since before its client was constructed.
struct StartReport: Codable, Sendable, Equatable {
    /// Its milestones, as `StartMilestones` names them.
    var milestones: [UInt64?]
    var readyNs: UInt64?
    var firstRecordNs: UInt64?
    var caughtUpNs: UInt64?
    var refusedNs: UInt64?
    /// Kafka's name of the error that refused it.
    var refusal: String?
    /// Whether no partition began; false where a fetch of one was refused.
    var isRefusedAsAWhole: Bool
    /// Where each partition began; none for one that did not.
    var beginnings: [Int64?]
    /// The time before and after the start that is in none of its times.
    var outsideNs: UInt64 = 0
    /// The record that was sent for it, where one was.
    var record: RecordWait?

    /// From before construction to the last of its ends that it reached.
    var wholeNs: UInt64 { [readyNs, firstRecordNs, caughtUpNs, refusedNs].compactMap { $0 }.max() ?? 0 }
}

/// How long a start waited for the engine to send its record.
struct RecordWait: Codable, Sendable, Equatable {
    /// From the generator's request until the engine handed the record to its producer; no time of
    /// the start includes it.
    var gapNs: UInt64
    /// From before construction until the broker had appended the record, without the gap.
    var appendedNs: UInt64
}
