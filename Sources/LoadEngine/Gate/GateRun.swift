import Measurement
import Networking
public import Results
import Scenario
import Synchronization
import System

/// Measures pairs of two sides until a gate is clear, or its budget is used up.
public struct GateRun: Sendable {
    /// What it tells while it goes.
    public enum Event: Sendable {
        /// A pair is being measured: which, of how many that fit, and as which run.
        case pair(number: Int, of: Int, run: RunId)
        /// A slice of it was measured.
        case slice(number: Int, of: Int)
        /// A pair ended; why it counts for nothing, where it does.
        case pairEnded(number: Int, elapsedNs: UInt64, disturbance: String?)
        /// Something that its user should know.
        case warning(String)
    }

    private let contenders: GateContenders
    private let options: EngineOptions
    private let lengthsNs: [UInt64]
    private let pairCountPlanned: Int
    private let interruption: Interruption
    private let onEvent: @Sendable (Event) -> Void
    private let onResult: @Sendable (GateResult) throws -> Void

    /// A gate of two sides, whose pairs have slices of these lengths in turn; `onResult` gets it
    /// after every pair, and what it throws ends the gate.
    public init(
        _ contenders: GateContenders, options: EngineOptions, pairCountPlanned: Int, lengthsNs: [UInt64],
        interruption: Interruption, onEvent: @escaping @Sendable (Event) -> Void,
        onResult: @escaping @Sendable (GateResult) throws -> Void
    ) {
        (self.contenders, self.options, self.interruption) = (contenders, options, interruption)
        (self.onEvent, self.onResult, self.pairCountPlanned) = (onEvent, onResult, pairCountPlanned)
        self.lengthsNs = lengthsNs
    }

    /// Measures, from a result without pairs to one with all of them.
    ///
    /// - Throws: what makes the pairs not to be trusted, or what ended them.
    public func run(_ initial: GateResult) async throws -> GateResult {
        var result = initial
        var reading = GateReading(specs: contenders.specs)
        var course = GateCourse(
            budgetNs: result.plan.budgetNs, seed: result.seed, goesToEnd: result.purpose == .calibration)
        var order = PairOrder(seed: result.seed)
        let beganNs = EventLoop.nowNs()
        try onResult(result)
        var number = 0
        while result.ending == nil {
            number += 1
            let slicing = Self.slicing(of: number, lengthsNs, result.plan)
            guard let measured = try await measure(number, slicing, first: order.next(), seed: result.seed) else {
                result.ending = .interrupted
                break
            }
            let (pair, disturbance) = try read(measured, &reading, result)
            (course.rows, result.rows) = (reading.rows, reading.rows)
            let elapsedNs = EventLoop.nowNs().since(beganNs)
            onEvent(.pairEnded(number: number, elapsedNs: elapsedNs, disturbance: disturbance))
            if case .end(let ending) = course.enter(pair, elapsedNs: elapsedNs) { result.ending = ending }
            (result.pairs, result.disturbedPairs) = (course.pairs, course.disturbedCount)
            result.notes = initial.notes + reading.oneSided.map { "not gated: \($0)" }
            try onResult(result)
        }
        result.endedAt = .now()
        try onResult(result)
        return result
    }

    /// The slices of a pair. A length is kept for two pairs, in which each side goes first once.
    static func slicing(of number: Int, _ lengthsNs: [UInt64], _ plan: GatePlan) -> GateSlicing {
        let sliceNs = lengthsNs.isEmpty ? plan.sliceNs : lengthsNs[(number - 1) / 2 % lengthsNs.count]
        return GateSlicing(sliceCount: plan.sliceCount, sliceNs: sliceNs)
    }

    /// What a pair says, or why it counts for nothing.
    private func read(
        _ measured: MeasuredPair, _ reading: inout GateReading, _ result: GateResult
    ) throws -> (pair: GatePair?, disturbance: String?) {
        do throws(GateReading.Fault) {
            let pair = measured.pair(try reading.figures(of: measured.run))
            let disturbance = result.disturbance(of: pair)
            return (disturbance == nil ? pair : nil, disturbance)
        } catch {
            guard case .unpaired = error else { throw error }
            return (nil, error.description)
        }
    }

    /// Measures one pair, with processes of its own; nil where it was stopped meanwhile.
    private func measure(
        _ number: Int, _ slicing: GateSlicing, first: String, seed: UInt64
    ) async throws -> MeasuredPair? {
        var options = options
        options.runId = RunId()
        onEvent(.pair(number: number, of: pairCountPlanned, run: options.runId))
        options.seed = (seed + UInt64(number)) % (1 << 53)
        let scenario = contenders.pair(slicing, first: first)
        let clock = PairClock()
        let sliceCount = RunPlan(scenario).repeatCount
        let engine = Engine(
            scenario: scenario, options: options, interruption: interruption,
            onEvent: { event in
                clock.note(event)
                switch event {
                case .ended(let place, _, _): onEvent(.slice(number: place.number, of: sliceCount))
                case .warning(let text), .note(let text): onEvent(.warning(text))
                case .cellEnded, .preparing, .began, .progress: break
                }
            }, onResult: { _ in })
        let pressure = HostPressure.current()
        let (startedAt, beganNs) = (UTCTime.now(), EventLoop.nowNs())
        let run: RunResult
        do { run = try await engine.run() } catch {
            guard interruption.isRequested else { throw error }
            return nil
        }
        guard !interruption.isRequested else { return nil }
        let durationNs = EventLoop.nowNs().since(beganNs)
        return MeasuredPair(
            run: run, startedAt: startedAt, first: first, durationNs: durationNs,
            sliceNs: lengthsNs.count > 1 ? slicing.sliceNs : nil,
            roundNs: clock.slicesNs / UInt64(max(1, slicing.sliceCount - 1)), before: pressure, after: .current())
    }
}

/// The side that is started first in each pair: drawn for each two pairs, so that each is so once.
struct PairOrder {
    private var generator: SplitMix64
    private var pending: String?

    init(seed: UInt64) { generator = SplitMix64(seed: seed, part: "order of pairs") }

    mutating func next() -> String {
        if let name = pending {
            pending = nil
            return name
        }
        let isBaselineFirst = Bool.random(using: &generator)
        pending = isBaselineFirst ? GateReading.candidate : GateReading.baseline
        return isBaselineFirst ? GateReading.baseline : GateReading.candidate
    }
}

/// How long rounds of slices take, the first of each experiment left out.
private final class PairClock: Sendable {
    private struct State {
        var experiments: [String: (beganNs: UInt64, endedNs: UInt64)] = [:]
    }

    private let state = Mutex(State())

    func note(_ event: EngineEvent) {
        let nowNs = EventLoop.nowNs()
        switch event {
        case .began(let place) where place.round == 2:
            state.withLock { state in
                if state.experiments[place.experiment] == nil { state.experiments[place.experiment] = (nowNs, nowNs) }
            }
        case .ended(let place, _, _):
            state.withLock { $0.experiments[place.experiment]?.endedNs = nowNs }
        default: break
        }
    }

    /// How long all rounds but the first took.
    var slicesNs: UInt64 {
        state.withLock { $0.experiments.values.map { $0.endedNs.since($0.beganNs) }.reduce(0, +) }
    }
}

/// A pair as it was measured, before it is read.
private struct MeasuredPair {
    let run: RunResult
    let startedAt: UTCTime
    let first: String
    let durationNs: UInt64
    let sliceNs: UInt64?
    let roundNs: UInt64
    let before: HostPressure
    let after: HostPressure

    func pair(_ figures: [GatePair.Figure]) -> GatePair {
        let slices = run.experiments.flatMap(\.cells).flatMap(\.repeats)
        // The brokers of a cluster on this host are what is measured.
        let isTold = !run.brokers.contains { $0.isCluster(on: run.host) }
        return GatePair(
            startedAt: startedAt, first: first, durationNs: durationNs, roundNs: roundNs, sliceNs: sliceNs,
            figures: figures,
            othersCores: isTold ? mean(slices.compactMap(\.othersCores)) : nil,
            stolenCores: mean(slices.compactMap(\.stolenCores)), throttledCores: throttledCores,
            writebackBytes: before.writebackBytes, standstills: GateReading.standstills(of: run),
            saturated: GateReading.saturated(of: run))
    }

    private var throttledCores: Double? {
        guard let was = before.throttledNs, let now = after.throttledNs, durationNs > 0 else { return nil }
        return Double(now.since(was)) / Double(durationNs)
    }

    private func mean(_ figures: [Double]) -> Double? {
        figures.isEmpty ? nil : figures.reduce(0, +) / Double(figures.count)
    }
}
