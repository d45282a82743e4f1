import Foundation
import Measurement
import Reporting
import Results

@testable import LoadEngine
@testable import Scenario

/// A produce repeat on a simulated clock: records go as the load says, are acknowledged when
/// `acknowledgedAt` says, and pass through Weir's own recording on their way into a report.
struct SimulatedLoad {
    static let second: UInt64 = 1_000_000_000

    let load: LoadSpec
    /// The records that have room in flight; further ones of an open loop wait.
    var room = Int.max
    /// When records are acknowledged that are handed over at a moment; never sooner.
    let acknowledgedAt: (UInt64) -> UInt64

    private let window: MeasureWindow
    private var lanes = Array(repeating: IntendedTimes(), count: 4096)
    private var nextLane = 0
    /// In the order of their acknowledgements; those before `settled` are done.
    private var inFlight: [Batch] = []
    private var settled = 0
    private var inFlightCount = 0
    private var outcome = ProduceOutcome()
    /// What each record of the window took in ns, as the simulation itself knows: from its intended
    /// time, and from when it was handed over.
    private(set) var latencies: [UInt64] = []
    private(set) var serviceTimes: [UInt64] = []

    private struct Batch {
        var ackNs: UInt64
        var lane: Int
        var intendedNs: [UInt64]
        var handedOverNs: UInt64
    }

    init(
        _ load: LoadSpec, seconds: UInt64, room: Int = .max, acknowledgedAt: @escaping (UInt64) -> UInt64
    ) {
        self.load = load
        self.room = room
        self.acknowledgedAt = acknowledgedAt
        window = MeasureWindow(beginNs: 1000 * Self.second, warmupNs: 0, forNs: seconds * Self.second)
    }

    /// Runs it, and returns what a result keeps of it.
    mutating func run() throws -> Repeat {
        outcome.beginNs = window.beginNs
        outcome.windowBeginNs = window.warmupEndNs
        outcome.gaps = ProgressGaps(beginNs: window.warmupEndNs, endNs: window.endNs)
        switch load {
        case .concurrency(let senders): runClosed(senders)
        case .rate(let perSecond): runOpen(perSecond)
        case .unlimited: break
        }
        outcome.windowEndNs = window.endNs
        outcome.gaps.end(atNs: window.endNs)
        outcome.reading = WindowProbe.Reading(
            usage: ResourceUsage(), sentByteCount: 0, receivedByteCount: 0, connectionCount: 0, requestCounts: [:],
            disturbances: Disturbances())
        return try outcome.asRepeat(of: order, spec, lingerMs: 0, startedAt: UTCTime(secondsSince1970: 1_800_000_000))
    }

    /// Each sender hands the next record over when its last one is acknowledged.
    private mutating func runClosed(_ senders: Int) {
        for _ in 0..<senders { handOver([window.beginNs], stepNs: 0, nowNs: nil) }
        while let batch = settleNext() {
            if batch.ackNs < window.endNs { handOver([batch.ackNs], stepNs: 0, nowNs: nil) }
        }
    }

    /// Records go when they are due, or as soon as there is room after that.
    private mutating func runOpen(_ perSecond: Double) {
        let pacer = Pacer(startNs: window.beginNs, perSecond: perSecond)
        var nowNs = window.beginNs
        var next = 0
        while true {
            let dueNs = max(pacer.intendedNs(of: next), nowNs)
            let ackNs = settled < inFlight.count ? inFlight[settled].ackNs : .max
            if inFlightCount < room, pacer.intendedNs(of: next) < window.endNs, dueNs <= ackNs {
                nowNs = dueNs
                let count = min(pacer.dueCount(atNs: nowNs) - next, room - inFlightCount)
                handOver(
                    (next..<next + count).map { window.beginNs + UInt64(Double($0) * 1e9 / perSecond) },
                    firstNs: pacer.intendedNs(of: next), stepNs: pacer.intervalNs, nowNs: nowNs)
                next += count
            } else {
                guard let batch = settleNext() else { return }
                nowNs = batch.ackNs
            }
        }
    }

    private mutating func handOver(_ intendedNs: [UInt64], firstNs: UInt64? = nil, stepNs: Double, nowNs: UInt64?) {
        let handedOverNs = nowNs ?? intendedNs[0]
        lanes[nextLane].append(
            count: intendedNs.count, firstNs: firstNs ?? intendedNs[0], stepNs: stepNs, handedOverNs: nowNs)
        let ackNs = acknowledgedAt(handedOverNs)
        var place = inFlight.count
        while place > settled, inFlight[place - 1].ackNs > ackNs { place -= 1 }
        inFlight.insert(
            Batch(ackNs: ackNs, lane: nextLane, intendedNs: intendedNs, handedOverNs: handedOverNs), at: place)
        inFlightCount += intendedNs.count
        nextLane = (nextLane + 1) % lanes.count
    }

    /// Settles what is acknowledged first, as `KeptProducerLoad.delivered` does.
    private mutating func settleNext() -> Batch? {
        guard settled < inFlight.count else { return nil }
        let batch = inFlight[settled]
        settled += 1
        inFlightCount -= batch.intendedNs.count
        outcome.gaps.note(atNs: batch.ackNs)
        let isInWindow = batch.ackNs >= window.warmupEndNs && batch.ackNs < window.endNs
        var measured = 0
        lanes[batch.lane].take(batch.intendedNs.count) { run in
            measured += outcome.book.enterLatencies(
                run, ackNs: batch.ackNs, window: window, isUnlimited: false, isInWindow: isInWindow)
        }
        outcome.book.enterWindow(count: measured, ackNs: batch.ackNs)
        for intendedNs in batch.intendedNs where window.contains(intendedNs) {
            latencies.append(batch.ackNs - intendedNs)
            serviceTimes.append(batch.ackNs - batch.handedOverNs)
        }
        return batch
    }

    var spec: ProduceSpec {
        ProduceSpec(
            value: ValueSpec(byteCount: 10, randomShare: 1), load: load, recreate: .never, producers: 1,
            properties: [:], clientProperties: [:], said: [])
    }

    private var order: MeasurementOrder {
        MeasurementOrder(
            round: 1, workload: .produce(spec),
            measure: MeasureSpec(
                warmupNs: 0, extent: .time(ns: window.endNs - window.beginNs), repeats: 1, pauseNs: 0),
            connection: [:], topic: OrderedTopic(name: "t", ranges: [], isOwn: true), seed: 1,
            limit: WriteLimit(byteCount: 1, words: ""), brokerPid: nil)
    }
}

/// The figures that are printed of a repeat, by their keys.
struct PrintedFigures {
    let values: [String: Double]
    let markdown: String

    init(_ made: Repeat, of simulated: SimulatedLoad) throws {
        let cell = CellResult(axes: [], broker: "simulated", load: Load(simulated.spec), repeats: [made])
        let result = RunResult(
            scenario: ScenarioRecord(name: "truth", about: nil, path: "", written: "", resolved: ""), seed: 1,
            weir: BuildRecord(version: "0", commit: ""), brokers: [],
            experiments: [
                ExperimentResult(name: "truth", kind: .produce, axes: [], plannedRepeats: 1, cells: [cell])
            ])
        let report = try Report(result)
        markdown = report.markdown()
        let root = try JSONSerialization.jsonObject(with: Data(report.json().utf8)) as? [String: Any]
        let cells = (root?["experiments"] as? [[String: Any]])?.first?["cells"] as? [[String: Any]]
        let figures = cells?.first?["figures"] as? [String: Any] ?? [:]
        values = figures.compactMapValues { ($0 as? [String: Any])?["value"] as? Double }
    }
}
