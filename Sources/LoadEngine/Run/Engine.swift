import KafkaClient
import Measurement
import Networking
public import Results
public import Scenario

/// Runs a scenario and leaves a result, which grows repeat by repeat.
public struct Engine: Sendable {
    private let scenario: Scenario
    private let options: EngineOptions
    private let interruption: Interruption
    private let seed: UInt64
    private let onEvent: @Sendable (EngineEvent) -> Void
    private let onResult: @Sendable (RunResult) throws -> Void

    /// An engine for one run. `onResult` is given the result so far after every repeat, to be written; what it throws ends the run.
    public init(
        scenario: Scenario, options: EngineOptions, interruption: Interruption,
        onEvent: @escaping @Sendable (EngineEvent) -> Void, onResult: @escaping @Sendable (RunResult) throws -> Void
    ) {
        self.scenario = scenario
        self.options = options
        self.interruption = interruption
        self.onEvent = onEvent
        self.onResult = onResult
        seed = options.seed ?? scenario.experiments.lazy.compactMap(\.seed).first ?? UInt64.random(in: 1..<(1 << 53))
    }

    /// Runs everything, and returns what there is: also when it was interrupted, or when a broker is lost on the way.
    public func run() async throws -> RunResult {
        let loop = try EventLoop(name: "weir-client")
        do {
            let result = try await Task(executorPreference: loop) { try await runOn(loop) }.value
            await loop.stop()
            return result
        } catch {
            await loop.stop()
            throw error
        }
    }

    private func runOn(_ loop: EventLoop) async throws -> RunResult {
        let targets = Targets(options: options, loop: loop)
        do {
            var state = RunState(result: try await firstResult(targets), total: RunPlan(scenario).repeatCount)
            try onResult(state.result)
            for index in scenario.experiments.indices where !interruption.isRequested {
                try await runExperiment(index, targets: targets, state: &state)
            }
            state.result.endedAt = .now()
            state.result.interrupted = interruption.isRequested
            try onResult(state.result)
            await targets.close(warn: { onEvent(.warning($0)) })
            return state.result
        } catch {
            await targets.close(warn: { onEvent(.warning($0)) })
            throw error
        }
    }

    private func firstResult(_ targets: Targets) async throws -> RunResult {
        var brokers: [BrokerRecord] = []
        for spec in scenario.experiments.flatMap(\.cells).map(\.target) {
            let record = try await targets.session(for: spec).record
            if !brokers.contains(record) { brokers.append(record) }
        }
        return RunResult(
            runId: options.runId.description,
            scenario: ScenarioRecord(
                name: scenario.name, about: scenario.about, path: scenario.path, written: scenario.text,
                resolved: scenario.resolvedYAML, overrides: scenario.overrides, only: options.only,
                warnings: scenario.warnings.map(\.description)),
            labels: options.labels, seed: seed,
            weir: BuildRecord(version: options.version.number, commit: options.version.commit), brokers: brokers,
            experiments: try await emptyResults(targets))
    }

    private func emptyResults(_ targets: Targets) async throws -> [ExperimentResult] {
        var results: [ExperimentResult] = []
        for experiment in scenario.experiments {
            var cells: [CellResult] = []
            for cell in experiment.cells {
                let name = try await targets.session(for: cell.target).name
                cells.append(
                    CellResult(axes: cell.axes.map(AxisSetting.init), broker: name, load: cell.produce.map(Load.init)))
            }
            results.append(
                ExperimentResult(
                    name: experiment.name, kind: experiment.kind.inResult, axes: experiment.axes.map(\.name),
                    baseline: experiment.baseline.isEmpty ? nil : experiment.baseline.map(AxisSetting.init),
                    plannedRepeats: experiment.repeats, cells: cells))
        }
        return results
    }

    /// Rounds over all cells of an experiment, in an order drawn anew for each.
    private func runExperiment(_ index: Int, targets: Targets, state: inout RunState) async throws {
        let experiment = scenario.experiments[index]
        let sessions = CellSessions(experiment: experiment, runId: options.runId, targets: targets, seed: seed)
        do {
            for cell in experiment.cells.indices where !interruption.isRequested {
                onEvent(.preparing(experiment: experiment.name, cell: experiment.cells[cell].label))
                try await sessions.open(cell, interruption: interruption)
            }
            var order = RoundOrder(cellCount: experiment.cells.count, seed: seed, experiment: experiment.name)
            for round in 1...max(1, experiment.repeats) {
                for cell in order.next() where !interruption.isRequested {
                    try await runRepeat(index, cell: cell, round: round, sessions: sessions, state: &state)
                }
            }
        } catch let error as EngineError where error.code == .interrupted {
            // What was under way is closed below, like any other end.
        } catch {
            await sessions.close(warn: { onEvent(.warning($0)) })
            throw error
        }
        await sessions.close(warn: { onEvent(.warning($0)) })
    }

    private func runRepeat(
        _ index: Int, cell: Int, round: Int, sessions: CellSessions, state: inout RunState
    ) async throws {
        let experiment = scenario.experiments[index]
        state.number += 1
        let place = RepeatPlace(
            experiment: experiment.name, cell: experiment.cells[cell].label, round: round, rounds: experiment.repeats,
            number: state.number, total: state.total)
        onEvent(.began(place))
        let ticker = Ticker { [onEvent] count in onEvent(.progress(place, recordCount: count)) }
        let session = try await sessions.session(cell)
        let result = await measure(session, round: round, onProgress: ticker.update)
        interruption.removeHandlers()
        state.result.experiments[index].cells[cell].repeats.append(result)
        try onResult(state.result)
        onEvent(.ended(place, summary: result.summary, isValid: result.isValid))
        guard !interruption.isRequested else { return }
        if result.isBroken { try await session.target.checkReach(through: session.topic) }
        let pauseNs = experiment.cells[cell].measure.pauseNs
        if pauseNs > 0 { await interruption.wait(untilNs: EventLoop.nowNs() + pauseNs, on: session.target.loop) }
    }

    /// One repeat; what goes wrong within it makes it invalid, with the reason, and the run goes on.
    private func measure(
        _ session: CellSession, round: Int, onProgress: @escaping @Sendable (Int) -> Void
    ) async -> Repeat {
        let startedAt = UTCTime.now()
        var result: Repeat
        do {
            result = try await session.measure(round: round, interruption: interruption, onProgress: onProgress)
        } catch {
            let reason =
                interruption.isRequested ? InvalidReason(.interrupted, "\(error)") : InvalidReason(error)
            result = Repeat(round: round, startedAt: startedAt, invalidReasons: [reason], windowNs: 0)
        }
        // The cause goes before what came of it.
        if let loss = session.target.loss.error { result.invalidReasons.insert(InvalidReason(loss), at: 0) }
        if result.isBroken, let fault = session.target.diskFault {
            result.invalidReasons.removeAll { $0.code == .diskFull }
            result.invalidReasons.insert(InvalidReason(fault), at: 0)
        }
        return result
    }
}

extension Repeat {
    /// Whether client or broker failed it, as against counts or offsets that are wrong.
    fileprivate var isBroken: Bool {
        invalidReasons.contains {
            [.failed, .recordsFailed, .timedOut, .connectionsLost, .noProgress].contains($0.code)
        }
    }
}

/// What a run carries from repeat to repeat.
private struct RunState {
    var result: RunResult
    let total: Int
    var number = 0
}
