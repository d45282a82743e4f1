import KafkaClient
import Measurement

/// What a repeat of producing left behind, before it is reconciled.
struct ProduceOutcome {
    var book = DeliveryBook()
    /// When the warm-up began, when it ended, and when the window closed.
    var beginNs: UInt64 = 0
    var windowBeginNs: UInt64 = 0
    var windowEndNs: UInt64 = 0
    /// When everything sent was settled.
    var drainedNs: UInt64 = 0
    var reading: WindowProbe.Reading?
    /// How long each phase took in the window, in nanoseconds, and how often it occurred.
    var phases = PhaseTotals()
    /// How late records of an open loop were handed over although there was room.
    var slip = HdrHistogram.latencies()
    /// Whether the bound on what is in flight was reached, so that the rate could not be followed.
    var isSaturated = false
    /// Records of an open loop that were due in the window and were never handed over.
    var unsentCount = 0
    /// Producers or clients made in the window.
    var recreationCount = 0
    /// Whether the bound on what a repeat may write ended it.
    var reachedByteLimit = false
}

/// Sums of phases by name.
struct PhaseTotals {
    struct Total: Equatable {
        var totalNs: UInt64 = 0
        var count = 0
    }

    private(set) var totals: [String: Total] = [:]

    mutating func add(_ name: String, ns: UInt64, count: Int = 1) {
        totals[name, default: Total()].totalNs += ns
        totals[name, default: Total()].count += count
    }

    /// Takes the spans of a client's trace that ended in the window.
    mutating func add(_ spans: [ClientMetrics.Span], within window: MeasureWindow) {
        for span in spans where window.contains(span.endNs) {
            add(span.phase.resultName, ns: span.endNs - span.beginNs)
        }
    }
}

extension ClientMetrics.Phase {
    /// The phase as a result names it: Kafka's name for the request, or what was done.
    var resultName: String {
        switch self {
        case .connect: "connect"
        case .apiVersions: "ApiVersions"
        case .metadata: "Metadata"
        case .findCoordinator: "FindCoordinator"
        case .offsetFetch: "OffsetFetch"
        case .listOffsets: "ListOffsets"
        case .fetch: "Fetch"
        case .initProducerId: "InitProducerId"
        case .produce: "produce"
        case .offsetCommit: "OffsetCommit"
        case .admin: "admin"
        case .close: "flush and close"
        }
    }
}
