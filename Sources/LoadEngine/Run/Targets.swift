import Networking
import Scenario

/// The brokers and clusters of a run, each opened once and kept to its end.
actor Targets {
    private let options: EngineOptions
    private let loop: EventLoop
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
            target: try await targets.session(for: cell.target), seed: seed, interruption: interruption)
    }

    /// A cell that was opened.
    func session(_ index: Int) throws(EngineError) -> CellSession {
        guard let session = sessions[index] else { throw EngineError("cell \(index) was never opened") }
        return session
    }

    /// Deletes every topic that was made; what cannot be deleted is named.
    func close(warn: @Sendable (String) -> Void) async {
        var left: [String] = []
        for session in sessions.sorted(by: { $0.key < $1.key }).map(\.value) where session.ownsTopic {
            guard session.target.loss.error == nil else {
                if !session.target.isEmbedded { left.append(session.topic) }
                continue
            }
            do {
                try await session.close()
            } catch {
                warn("topic \(session.topic) was left behind: \(error)")
                session.target.noteFailure(error)
            }
        }
        if !left.isEmpty { warn("left behind on a cluster that does not answer: \(left.joined(separator: ", "))") }
        sessions = [:]
    }
}
