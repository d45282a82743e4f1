import KafkaProtocol
import System

/// How requests are slowed down on purpose (`weir.request.…`): not at all unless it is said.
///
/// It is for tests of what measures: a delay that is known can be compared with the one reported.
struct SlowingSettings: Sendable, Equatable {
    /// How long an answer waits before it is sent.
    var delayNs: UInt64 = 0
    /// How long some of the answers wait instead …
    var slowDelayNs: UInt64 = 0
    /// … and which share of them, 0 to 1, drawn with a fixed seed.
    var slowShare = 0.01
    /// At the end of each interval, how long no answer is sent …
    var stallNs: UInt64 = 0
    /// … and how long such an interval is.
    var stallIntervalNs: UInt64 = 10_000_000_000
    /// CPU time of the broker's thread that a request takes beside its own.
    var cpuNs: UInt64 = 0
    /// The API that is slowed down; nil for all.
    var api: ApiKey?

    /// Whether there is anything to do.
    var isOn: Bool { delayNs > 0 || slowDelayNs > 0 || stallNs > 0 || cpuNs > 0 }

    /// Why these settings make no sense together; nil when they do.
    var fault: String? {
        stallNs < stallIntervalNs
            ? nil
            : "weir.request.stall.ms must be less than weir.request.stall.interval.ms, \(stallIntervalNs / 1_000_000)"
    }
}

/// The delays of answers, one after the other; pure.
struct DelaySchedule {
    private let settings: SlowingSettings
    /// When the first interval with a stall began.
    private let originNs: UInt64
    private var draws: SplitMix64

    init(_ settings: SlowingSettings, originNs: UInt64) {
        self.settings = settings
        self.originNs = originNs
        draws = SplitMix64(seed: 0, part: "weir.request.delay")
    }

    /// How long the answer waits that is ready at `nowNs`.
    mutating func nextDelayNs(atNs nowNs: UInt64) -> UInt64 {
        var delayNs = settings.delayNs
        if settings.slowDelayNs > 0, isSlow() { delayNs = settings.slowDelayNs }
        return delayNs + stallLeftNs(atNs: nowNs.later(by: delayNs))
    }

    private mutating func isSlow() -> Bool {
        Double.random(in: 0..<1, using: &draws) < settings.slowShare
    }

    /// How long no answer is sent from a moment on.
    private func stallLeftNs(atNs ns: UInt64) -> UInt64 {
        guard settings.stallNs > 0 else { return 0 }
        let leftNs = settings.stallIntervalNs.earlier(by: ns.since(originNs) % settings.stallIntervalNs)
        return leftNs <= settings.stallNs ? leftNs : 0
    }
}
