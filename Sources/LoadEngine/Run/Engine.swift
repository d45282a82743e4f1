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

    /// An engine for one run. `onResult` gets the result so far after every repeat; an error that
    /// it throws ends the run.
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

    /// Runs everything, and returns what there is: also when it was interrupted, or when a broker
    /// is lost on the way.
    public func run() async throws -> RunResult {
        let loop = try EventLoop(name: "weir-engine")
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
                do {
                    try await runExperiment(index, targets: targets, state: &state)
                } catch let error as EngineError {
                    state.result.endedEarly = InvalidReason(error)
                    try onResult(state.result)
                    throw error
                }
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
        for cell in scenario.experiments.flatMap(\.cells) {
            let session = try await interruption.stopped.unlessLost(on: targets.loop) {
                try await targets.session(of: cell)
            }
            let record = session.record
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
                let name = try await targets.session(of: cell).name
                cells.append(
                    CellResult(
                        axes: cell.axes.map(AxisSetting.init), broker: name, load: cell.workload.produce.map(Load.init),
                        start: cell.workload.start?.choice,
                        expectations: cell.expectations.isEmpty ? nil : cell.expectations,
                        invalidShareMax: cell.measure.invalidShareMax))
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
        var generators = Generators(options: options, loop: targets.loop)
        do {
            for cell in experiment.cells.indices where !interruption.isRequested {
                onEvent(.preparing(experiment: experiment.name, cell: experiment.cells[cell].label))
                try await open(RunCourse.Place(experiment: index, cell: cell), sessions, targets, &state)
            }
            var order = RoundOrder(experiment, seed: seed)
            for round in 1...max(1, experiment.repeats) {
                for cell in order.next() where !interruption.isRequested {
                    let place = RunCourse.Place(experiment: index, cell: cell)
                    guard state.goesOn(place) else { continue }
                    try await runRepeat(
                        place, round: round, sessions: sessions,
                        generator: generators.generator(of: experiment.cells[cell]),
                        state: &state)
                }
            }
        } catch let error as EngineError where error.code == .interrupted {
            // What was under way is closed below, like any other end.
        } catch {
            await generators.close()
            await sessions.close(interruption, warn: { onEvent(.warning($0)) })
            throw error
        }
        await generators.close()
        await sessions.close(interruption, warn: { onEvent(.warning($0)) })
    }

    /// Makes a cell ready. A cell whose broker fails meanwhile is not measured; the others are.
    private func open(
        _ place: RunCourse.Place, _ sessions: CellSessions, _ targets: Targets, _ state: inout RunState
    ) async throws {
        do {
            try await sessions.open(place.cell, interruption: interruption)
            if let moved = try await sessions.session(place.cell).groupGuard {
                onEvent(
                    .note("the commits of group '\(moved.group)' are saved in \(moved.path) until they are put back"))
            }
        } catch {
            guard !interruption.isRequested else { throw error }
            let reason = InvalidReason(error)
            let target = try await targets.session(of: scenario.experiments[place.experiment].cells[place.cell])
            let decision = state.course.openingFailed(reason, of: place, on: target.name)
            guard decision != .endRun(cell: reason, run: reason) else { throw error }
            try await target.checkReach()
            try take(decision, at: place, &state)
        }
    }

    /// Carries out the course's decision on a cell.
    private func take(_ decision: RunCourse.Decision, at place: RunCourse.Place, _ state: inout RunState) throws {
        let reason: InvalidReason
        switch decision {
        case .goOn: return
        case .endCell(let cell), .endRun(let cell, _): reason = cell
        }
        let notRun = state.end(place, reason)
        if notRun > 0 {
            let experiment = scenario.experiments[place.experiment]
            onEvent(
                .cellEnded(
                    experiment: experiment.name, cell: experiment.cells[place.cell].label,
                    reason: "\(reason.code.rawValue): \(reason.detail)", notRun: notRun))
            try onResult(state.result)
        }
        if case .endRun(_, let reason) = decision { throw EngineError(reason.detail, code: reason.code) }
    }

    private func runRepeat(
        _ cell: RunCourse.Place, round: Int, sessions: CellSessions, generator: any LoadGenerator,
        state: inout RunState
    ) async throws {
        let experiment = scenario.experiments[cell.experiment]
        let session = try await sessions.session(cell.cell)
        if let gone = await session.watch.check(), !interruption.isRequested {
            if let lost = session.target.loss.error { throw lost }
            return try take(.endCell(InvalidReason(gone)), at: cell, &state)
        }
        state.number += 1
        let place = RepeatPlace(
            experiment: experiment.name, cell: experiment.cells[cell.cell].label, round: round,
            rounds: experiment.repeats,
            number: state.number, total: state.total)
        onEvent(.began(place))
        let run = RepeatRun(
            round: round, generator: generator, interruption: interruption,
            onProgress: { [onEvent] count in onEvent(.progress(place, recordCount: count)) })
        let result = await measure(session, run)
        interruption.removeHandlers()
        state.result.experiments[cell.experiment].cells[cell.cell].repeats.append(result)
        try onResult(state.result)
        onEvent(.ended(place, summary: result.summary, isValid: result.isValid))
        guard !interruption.isRequested else { return }
        if result.isBroken, session.watch.loss.error == nil || session.target.loss.error != nil {
            try await session.target.checkReach(through: session)
        }
        try take(
            state.course.repeatEnded(result.invalidReasons, of: cell, on: session.target.name), at: cell, &state)
        let pauseNs = experiment.cells[cell.cell].measure.pauseNs
        if pauseNs > 0 { await interruption.wait(untilNs: EventLoop.nowNs() + pauseNs, on: session.target.loop) }
    }

    /// One repeat; what goes wrong within it makes it invalid, with the reason, and the run goes
    /// on.
    private func measure(_ session: CellSession, _ run: RepeatRun) async -> Repeat {
        let startedAt = UTCTime.now()
        var result: Repeat
        await session.watch.begin()
        do {
            // What does not end with the cell by itself is left to its own time limits.
            result = try await session.watch.loss.unlessLost(on: session.target.loop, graceNs: Interruption.graceNs) {
                try await session.measure(run)
            }
        } catch {
            let reason =
                interruption.isRequested ? InvalidReason(.interrupted, "\(error)") : InvalidReason(error)
            result = Repeat(round: run.round, startedAt: startedAt, invalidReasons: [reason], windowNs: 0)
        }
        await session.watch.rest()
        if let reason = session.foreignLoadRule?.reason(result.resources, windowNs: result.windowNs) {
            result.invalidReasons.append(reason)
        }
        if !interruption.isRequested { _ = await session.watch.check() }
        // The cause goes before what came of it.
        result.putReasonsFirst(.throttled)
        if let loss = session.watch.loss.error, loss.code != .interrupted {
            result.invalidReasons.removeAll { $0.detail == loss.description }
            result.invalidReasons.insert(InvalidReason(loss), at: 0)
        }
        if result.isBroken, let fault = session.target.diskFault {
            result.invalidReasons.removeAll { $0.code == .diskFull }
            result.invalidReasons.insert(InvalidReason(fault), at: 0)
        }
        result.putReasonsFirst(.interrupted)
        return result
    }
}

extension Repeat {
    /// Names the reasons of one kind before all others.
    fileprivate mutating func putReasonsFirst(_ code: InvalidReason.Code) {
        invalidReasons = invalidReasons.filter { $0.code == code } + invalidReasons.filter { $0.code != code }
    }

    /// Whether client or broker failed it, as against counts or offsets that are wrong.
    fileprivate var isBroken: Bool {
        !invalidReasons.allSatisfy {
            $0.code.isBadConditions || [.countsDisagree, .wrongCodec, .wrongStartOffset, .corrupt].contains($0.code)
        }
    }
}
