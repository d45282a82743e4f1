import Measurement
import Results
import System

/// What a repeat of producing left behind, before it is reconciled.
struct ProduceOutcome: Codable, Sendable, Equatable {
    var book = DeliveryBook()
    /// When the warm-up began, when it ended, and when the window closed.
    var beginNs: UInt64 = 0
    var windowBeginNs: UInt64 = 0
    var windowEndNs: UInt64 = 0
    /// When everything sent was settled.
    var drainedNs: UInt64 = 0
    var reading: WindowProbe.Reading?
    /// The stretches of the window without an acknowledgement; none before it begins.
    var gaps = ProgressGaps(beginNs: .max)
    /// The partition of which nothing was acknowledged for longest, although records of it were
    /// under way.
    var standstill: Standstill?
    /// The producers or clients that were thrown away in the window.
    var lives = LifeTotals()
    /// How late records of an open loop were handed over although there was room.
    var slip = HdrHistogram.latencies()
    /// Whether the bound on what is in flight was reached, so that the rate could not be followed.
    var isSaturated = false
    /// Whether the bound on what a repeat may write ended it.
    var reachedByteLimit = false

    /// Of brokers and of the partition; where a broker is silent, so are its partitions.
    var standstills: [Standstill] { (reading?.silences ?? []) + [standstill].compactMap(\.self) }
}

/// Lives summed up, milestone by milestone.
struct LifeTotals: Codable, Sendable, Equatable {
    /// Lives that ended in the window.
    private(set) var count = 0
    /// For each milestone, how many lives passed it, and the time since the one before.
    private(set) var gaps = LifeMilestones.names.map { Breakdown.Step(name: $0, count: 0, totalNs: 0) }

    mutating func add(_ life: LifeMilestones) {
        count += 1
        var latestNs: UInt64 = 0
        for (index, reached) in life.reachedAtNs.enumerated() {
            guard let reached else { continue }
            gaps[index].count += 1
            gaps[index].totalNs += reached.since(latestNs)
            latestNs = reached
        }
    }
}
