import KafkaProtocol
import Measurement
import System

/// What a broker that is slow on purpose does to each request, and what it has done; on its loop
/// only.
final class Slowing {
    private let settings: SlowingSettings
    private var schedule: DelaySchedule
    /// How long answers waited, in ns, from when they were ready to when they were sent.
    private(set) var applied = HdrHistogram.latencies()

    /// Nil where nothing is slowed down.
    init?(_ settings: SlowingSettings) {
        guard settings.isOn else { return nil }
        self.settings = settings
        schedule = DelaySchedule(settings, originNs: MonotonicClock.nowNs())
    }

    private func concerns(_ api: ApiKey) -> Bool { settings.api.map { $0 == api } ?? true }

    /// How long the answer to a request waits that is ready now; 0 to send it at once.
    func nextDelayNs(_ api: ApiKey, atNs nowNs: UInt64) -> UInt64 {
        concerns(api) ? schedule.nextDelayNs(atNs: nowNs) : 0
    }

    /// Notes how long an answer waited.
    func waited(_ ns: UInt64) { applied.recordValue(ns) }

    /// Takes the CPU time that a request is said to take.
    func burn(_ api: ApiKey) {
        guard settings.cpuNs > 0, concerns(api) else { return }
        let endNs = ThreadClock.cpuNs() + settings.cpuNs
        while ThreadClock.cpuNs() < endNs {}
    }

    /// What was done, in words; nil for no delay.
    var summary: String? {
        guard applied.totalCount > 0 else { return nil }
        let figures = [("p50", 50), ("p99", 99), ("max", 100)].map { name, percentile in
            "\(name) \(Self.milliseconds(applied.value(atPercentile: percentile))) ms"
        }
        return "\(applied.totalCount) answers were delayed as weir.request.… says: \(figures.joined(separator: ", "))"
    }

    private static func milliseconds(_ ns: UInt64) -> String {
        let hundredths = (ns + 5_000) / 10_000
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
