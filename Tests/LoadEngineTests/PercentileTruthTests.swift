import Foundation
import Measurement
import Results
import System
import Testing

@testable import LoadEngine
@testable import Scenario

private let ms = 1_000_000.0

/// Latencies whose distribution is known, through Weir's own recording on a simulated clock: what
/// is reported and printed is that distribution.
@Suite(.timeLimit(.minutes(5))) struct PercentileTruthTests {
    private static let second = SimulatedLoad.second
    /// What a histogram of three significant digits may be off by: half a slot, 1/2048, and the
    /// slot's end is what it tells.
    private static let resolution = 0.001
    /// Standard errors that a share of samples may be off by: one in a million is beyond.
    private static let sigmas = 4.9

    /// A distribution that latencies are drawn from, in ns.
    enum Distribution: String, CaseIterable, Sendable {
        case constant, bimodal, logNormal

        func draw(_ generator: inout SplitMix64) -> Double {
            let uniform = Double.random(in: 0..<1, using: &generator)
            switch self {
            case .constant: return 2 * ms
            case .bimodal: return uniform < 0.03 ? 40 * ms : ms
            case .logNormal:
                let radius = (-2 * log(1 - uniform)).squareRoot()
                return 2 * ms * exp(0.8 * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator)))
            }
        }

        /// The share of values up to and including one.
        func share(upTo ns: Double) -> Double {
            switch self {
            case .constant: ns >= 2 * ms ? 1 : 0
            case .bimodal: ns >= 40 * ms ? 1 : ns >= ms ? 0.97 : 0
            case .logNormal: 0.5 * erfc(-log(ns / (2 * ms)) / (0.8 * 2.0.squareRoot()))
            }
        }
    }

    private static let percentiles: [(name: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99),
    ]

    @Test(arguments: Distribution.allCases, [LoadSpec.rate(perSecond: 1000), .concurrency(4)])
    func theDistributionIsReported(_ distribution: Distribution, load: LoadSpec) throws {
        var draws = SplitMix64(seed: 22, part: distribution.rawValue)
        var simulated = SimulatedLoad(load, seconds: 120) { $0 + UInt64(distribution.draw(&draws).rounded()) }
        let made = try simulated.run()
        let record = try #require(made.latency(.acknowledgement))
        let exact = simulated.latencies.sorted()
        #expect(record.count == UInt64(exact.count) && exact.count >= 90_000)
        let histogram = try record.decoded()
        let printed = try PrintedFigures(made, of: simulated)
        for percentile in Self.percentiles {
            let reported = Double(histogram.value(atPercentile: percentile.value))
            expect(reported, percentile, of: exact)
            expect(reported, percentile, of: distribution, count: exact.count)
            if let value = printed.values["ack.\(percentile.name)"] { #expect(value == reported) }
        }
        #expect(["ack.p50", "ack.p99", "ack.p99.9"].allSatisfy { printed.values[$0] != nil })
        #expect(
            record.p50Ns == histogram.value(atPercentile: 50) && record.p999Ns == histogram.value(atPercentile: 99.9))
    }

    /// The sample that HdrHistogram's rule picks, to three digits.
    private func expect(_ reported: Double, _ percentile: (name: String, value: Double), of exact: [UInt64]) {
        let place = max(Int((percentile.value.nextDown * Double(exact.count) / 100).rounded(.up)), 1) - 1
        let sample = Double(exact[place])
        #expect(abs(reported - sample) <= sample * Self.resolution, "\(percentile.name): \(reported), sample \(sample)")
    }

    /// The percentile of the distribution, as near as so many samples can tell.
    private func expect(
        _ reported: Double, _ percentile: (name: String, value: Double), of distribution: Distribution, count: Int
    ) {
        let share = percentile.value / 100
        let slack = Self.sigmas * (share * (1 - share) / Double(count)).squareRoot()
        let (below, above) = (reported * (1 - Self.resolution), reported * (1 + Self.resolution))
        #expect(distribution.share(upTo: above) >= share - slack, "\(percentile.name): \(reported) is too low")
        #expect(distribution.share(upTo: below) <= share + slack, "\(percentile.name): \(reported) is too high")
    }

    // MARK: - A stall of a second in ten, coordinated omission

    /// A broker that takes a millisecond, but answers nothing in the last of each ten seconds.
    private static func stalling(_ sentNs: UInt64) -> UInt64 {
        let ackNs = sentNs + 1_000_000
        let phaseNs = (ackNs - 1000 * second) % (10 * second)
        return phaseNs < 9 * second ? ackNs : ackNs + 10 * second - phaseNs
    }

    /// A tenth of the records of an open loop are due in a stall, and wait for its rest: from one
    /// second down to none, evenly.
    @Test func anOpenLoopShowsAStall() throws {
        var simulated = SimulatedLoad(.rate(perSecond: 1000), seconds: 100, acknowledgedAt: Self.stalling)
        let made = try simulated.run()
        let histogram = try #require(made.latency(.acknowledgement)).decoded()
        #expect(histogram.totalCount == 100_000)
        let wanted: [(Double, Double)] = [(50, 1), (89, 1), (95, 500), (99, 900), (99.9, 990), (99.99, 999)]
        for (percentile, wanted) in wanted {
            let reported = Double(histogram.value(atPercentile: percentile)) / 1e6
            // A record is due each millisecond.
            #expect(abs(reported - wanted) <= 1.001 + wanted * Self.resolution, "p\(percentile): \(reported) ms")
        }
        for percentile in Self.percentiles {
            expect(
                Double(histogram.value(atPercentile: percentile.value)), percentile, of: simulated.latencies.sorted())
        }
    }

    /// One sender meets each stall once, and sends nothing meanwhile: its p99 and p99.9 know of
    /// none. That is what a closed loop measures, and why it is never set beside an open one.
    @Test func aClosedLoopMeetsAStallOnce() throws {
        var simulated = SimulatedLoad(.concurrency(1), seconds: 100, acknowledgedAt: Self.stalling)
        let made = try simulated.run()
        let record = try #require(made.latency(.acknowledgement))
        #expect((89_990...90_010).contains(record.count))
        for ns in [record.p50Ns, record.p99Ns, record.p999Ns] { #expect(abs(Double(ns) / 1e6 - 1) <= Self.resolution) }
        #expect(record.maxNs >= Self.second && made.latency(.service) == nil)
        for percentile in Self.percentiles {
            expect(
                Double(try record.decoded().value(atPercentile: percentile.value)), percentile,
                of: simulated.latencies.sorted())
        }
    }

    /// Where only five records have room, an open loop's others are handed over after the stall.
    /// From their intended times they were late; from the hand-over, as a naive tool times them,
    /// they took a millisecond.
    @Test func theServiceTimeIsWhatANaiveToolWouldHaveSaid() throws {
        let load = LoadSpec.rate(perSecond: 1000)
        var simulated = SimulatedLoad(load, seconds: 100, room: 5, acknowledgedAt: Self.stalling)
        let made = try simulated.run()
        let (ack, service) = (try #require(made.latency(.acknowledgement)), try #require(made.latency(.service)))
        #expect(ack.count == 100_000 && service.count == 100_000)
        for percentile in Self.percentiles {
            expect(
                Double(try ack.decoded().value(atPercentile: percentile.value)), percentile,
                of: simulated.latencies.sorted())
            expect(
                Double(try service.decoded().value(atPercentile: percentile.value)), percentile,
                of: simulated.serviceTimes.sorted())
        }
        #expect(ack.p99Ns > 850_000_000)
        #expect(abs(Double(service.p99Ns) / 1e6 - 1) <= Self.resolution)
        let printed = try PrintedFigures(made, of: simulated)
        #expect(printed.values["ack.p99"] == Double(ack.p99Ns))
        #expect(printed.values["serviceTime.p99"] == Double(service.p99Ns))
    }
}
