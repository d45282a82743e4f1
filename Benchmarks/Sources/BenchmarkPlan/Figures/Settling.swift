/// Tells when a broker's processor time for the same load has stopped falling from round to round,
/// as a JVM's does while it compiles.
public struct Settling {
    /// After so many rounds it is left at that.
    public static let roundCountMax = 15
    /// So many rounds in a row must show no fall. A noisy round can hide a fall, so one alone would
    /// end it too early.
    private static let steadyCountMin = 3
    /// A fall by less than this share is noise.
    private static let fallMin = 0.1

    private struct Series: Hashable {
        var cell: String
        var contestant: Contestant
    }

    private var least: [Series: Double] = [:]
    private var current: [Series: Double] = [:]
    private var steadyCount = 0

    /// Nothing is known yet.
    public init() {}

    /// Takes a sample of the round; samples without a broker under load are left out.
    public mutating func enter(_ sample: Sample) {
        guard sample.failure == nil, let cost = Metric.brokerCPUPerMegabyte.value(sample) else { return }
        current[Series(cell: sample.cell, contestant: sample.contestant)] = cost
    }

    /// Ends the round, and returns whether no cost has fallen below its earlier least for enough
    /// rounds.
    public mutating func endRound() -> Bool {
        let isFalling = current.contains { series, cost in
            least[series].map { cost < $0 * (1 - Self.fallMin) } ?? true
        }
        least.merge(current, uniquingKeysWith: min)
        current = [:]
        steadyCount = isFalling ? 0 : steadyCount + 1
        return steadyCount >= Self.steadyCountMin
    }
}
