import Networking
import Results
import Scenario

/// The brokers and clusters of a run, each opened once and kept to its end.
actor Targets {
    private let options: EngineOptions
    nonisolated let loop: EventLoop
    private var sessions: [(spec: TargetSpec, session: TargetSession)] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(options: EngineOptions, loop: EventLoop) {
        self.options = options
        self.loop = loop
    }

    /// The session of a target, opened if it is the first that is asked for.
    func session(for spec: TargetSpec) async throws -> TargetSession {
        if let open = sessions.first(where: { $0.spec == spec }) { return open.session }
        let session = try await TargetSession.open(spec, options: options, loop: loop)
        sessions.append((spec, session))
        return session
    }

    /// Ends every broker and connection.
    func close(warn: @Sendable (String) -> Void) async {
        for open in sessions { await open.session.close(warn: warn) }
        sessions = []
    }
}

/// The cells of one experiment, with their topics.
actor CellSessions {
    private let experiment: Experiment
    private let runId: RunId
    private let targets: Targets
    private let seed: UInt64
    private var sessions: [Int: CellSession] = [:]
    /// The topics that this run has made, or may have made.
    private var made: [CellWatch] = []

    init(experiment: Experiment, runId: RunId, targets: Targets, seed: UInt64) {
        self.experiment = experiment
        self.runId = runId
        self.targets = targets
        self.seed = seed
    }

    /// Makes a cell's topic and fills it.
    func open(_ index: Int, interruption: Interruption) async throws {
        let cell = experiment.cells[index]
        sessions[index] = try await CellSession.open(
            cell, experiment: experiment, index: index, runId: runId,
            target: try await targets.session(for: cell.target), seed: seed, interruption: interruption,
            onMade: { await self.note($0) })
    }

    /// A cell that was opened.
    func session(_ index: Int) throws(EngineError) -> CellSession {
        guard let session = sessions[index] else { throw EngineError("cell \(index) was never opened") }
        return session
    }

    private func note(_ topic: CellWatch) { made.append(topic) }

    /// Deletes every topic that was made; what cannot be deleted is named.
    func close(_ interruption: Interruption, warn: @Sendable (String) -> Void) async {
        var left: [String] = []
        for topic in made {
            let target = topic.target
            // An embedded broker takes its data along.
            if target.isEmbedded, interruption.isRequested || target.loss.error != nil { continue }
            guard target.loss.error == nil else {
                left.append(topic.topic)
                continue
            }
            do {
                try await interruption.stopped.unlessLost(on: target.loop, graceNs: Interruption.graceNs) {
                    try await topic.remove()
                }
            } catch {
                warn("topic \(topic.topic) was left behind: \(words(error))")
                target.noteFailure(error)
                // Nor will it answer for the others.
                if interruption.isRequested { target.loss.report(EngineError(words(error), code: .interrupted)) }
            }
        }
        if !left.isEmpty { warn("left behind on a cluster that does not answer: \(left.joined(separator: ", "))") }
        (sessions, made) = ([:], [])
    }

    private func words(_ error: any Error) -> String {
        guard let error = error as? EngineError, error.code == .interrupted else { return "\(error)" }
        return "the cluster did not answer within \(Interruption.graceNs / 1_000_000_000) s after the run was stopped"
    }
}
