import Instants
import KafkaClient
import KafkaProtocol
import Networking

/// What one start did.
struct StartObservation: Sendable {
    var milestones: [UInt64?] = []
    /// Since before construction; nil for a start that was refused before.
    var readyNs: UInt64?
    var firstRecordNs: UInt64?
    var caughtUpNs: UInt64?
    var refusedNs: UInt64?
    /// Kafka's name of the error that refused it.
    var refusal: String?
    /// For each partition: the rule, what it demands and what was seen.
    var partitions: [Partition] = []

    /// From before construction to the last of its ends that it reached.
    var wholeNs: UInt64 { [readyNs, firstRecordNs, caughtUpNs, refusedNs].compactMap { $0 }.max() ?? 0 }

    struct Partition: Sendable {
        let judgement: StartJudgement
        let observed: Int64?
        let committed: Int64?

        /// The same as a part of a start that must be refused as a whole.
        var refused: Partition {
            Partition(
                judgement: StartJudgement(reason: judgement.reason, demanded: nil, log: judgement.log),
                observed: observed, committed: committed)
        }
    }

    /// A start that reached these ends, at first without its partitions.
    init(_ ends: StartEnds, bornNs: UInt64) {
        func since(_ ns: UInt64?) -> UInt64? { ns.map { $0.since(bornNs) } }
        readyNs = since(ends.readyNs)
        firstRecordNs = since(ends.firstRecordNs)
        caughtUpNs = since(ends.caughtUpNs)
        refusedNs = since(ends.refusal?.atNs)
        refusal = ends.refusal?.error
    }
}

/// When a start reached which of its ends, on the monotonic clock.
struct StartEnds: Sendable {
    var readyNs: UInt64?
    var firstRecordNs: UInt64?
    var caughtUpNs: UInt64?
    var refusal: StartRefusal?
    /// The offsets of the records that were sent to the partitions, where a start waits for one.
    var sentOffsets: [Int64]?
}

/// That a consumer would not start, as `auto.offset.reset: none` wants it where no commit counts.
struct StartRefusal: Sendable, Equatable {
    /// Kafka's name of the error.
    let error: String
    let atNs: UInt64
    /// Whether nothing began, as against a partition that was refused when it was fetched.
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
