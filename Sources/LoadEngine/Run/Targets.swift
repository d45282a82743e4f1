import Networking
import Results
import Scenario

/// The brokers and clusters of a run, each opened once and kept to its end.
actor Targets {
    private let options: EngineOptions
    nonisolated let loop: EventLoop
    private var sessions: [(spec: TargetSpec, instance: CellInstance?, session: TargetSession)] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(options: EngineOptions, loop: EventLoop) {
        self.options = options
        self.loop = loop
    }

    /// The session of a cell's target, which is opened at the first call.
    func session(of cell: Cell) async throws -> TargetSession {
        let (spec, instance) = (cell.target, cell.instance)
        if let open = sessions.first(where: { $0.spec == spec && $0.instance == instance }) { return open.session }
        let session = try await TargetSession.open(spec, instance, options: options, loop: loop)
        sessions.append((spec, instance, session))
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
            target: try await targets.session(of: cell), seed: seed, interruption: interruption,
            onMade: { await self.note($0) })
    }

    /// A cell that was opened.
    func session(_ index: Int) throws(EngineError) -> CellSession {
        guard let session = sessions[index] else { throw EngineError("cell \(index) was never opened") }
        return session
    }

    private func note(_ topic: CellWatch) { made.append(topic) }

    /// Puts back what was moved and deletes what was made; what cannot be is named.
    func close(_ interruption: Interruption, warn: @Sendable (String) -> Void) async {
        var left: [String] = []
        for session in sessions.sorted(by: { $0.key < $1.key }).map(\.value) {
            left += await close(session, interruption, warn: warn)
        }
        for topic in made {
            let target = topic.target
            // An embedded broker removes its data when it ends.
            if target.isEmbedded, interruption.isRequested || target.loss.error != nil { continue }
            left += await attempt("topic \(topic.topic)", "was left behind", target, interruption, warn) {
                try await topic.remove()
                target.belongings.remove(.topic, topic.topic, on: target.name)
            }
        }
        if !left.isEmpty { warn("left behind on a cluster that does not answer: \(left.joined(separator: ", "))") }
        (sessions, made) = ([:], [])
    }

    private func close(
        _ session: CellSession, _ interruption: Interruption, warn: @Sendable (String) -> Void
    ) async -> [String] {
        var left: [String] = []
        if let moved = session.groupGuard {
            let what = "the commits of group '\(moved.group)', which are saved in \(moved.path)"
            left += await attempt(what, "were not put back", session.target, interruption, warn) {
                try await session.putBack()
            }
        }
        let groups = session.ownGroups
        guard !groups.isEmpty else { return left }
        let what = groups.count == 1 ? "group \(groups[0])" : "groups \(groups[0]) and \(groups.count - 1) more"
        return left
            + (await attempt(
                what, groups.count == 1 ? "was left behind" : "were left behind", session.target, interruption, warn
            ) {
                try await session.deleteGroups()
            })
    }

    /// Runs a removal, and warns where it fails. Returns what was to be removed if its cluster does
    /// not answer any more.
    private func attempt(
        _ what: String, _ became: String, _ target: TargetSession, _ interruption: Interruption,
        _ warn: @Sendable (String) -> Void, _ body: @escaping @Sendable () async throws -> Void
    ) async -> [String] {
        guard target.loss.error == nil else { return [what.hasPrefix("topic ") ? String(what.dropFirst(6)) : what] }
        do {
            try await interruption.stopped.unlessLost(on: target.loop, graceNs: Interruption.graceNs, body)
        } catch {
            warn("\(what) \(became): \(words(error))")
            target.noteFailure(error)
            // The cluster will not answer for the others either.
            if interruption.isRequested { target.loss.report(EngineError(words(error), code: .interrupted)) }
        }
        return []
    }

    private func words(_ error: any Error) -> String {
        guard let error = error as? EngineError, error.code == .interrupted else { return "\(error)" }
        return "the cluster did not answer within \(Interruption.graceNs / 1_000_000_000) s after the run was stopped"
    }
}
