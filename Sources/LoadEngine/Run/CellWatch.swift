import KafkaClient
import KafkaProtocol
import Networking
import Results

/// Watches for what ends a cell early: its target is lost, its topic is deleted or made anew, or
/// the grace period after a stop is over.
///
/// While the cell is at work it asks once a second for the topic, over the control client.
actor CellWatch {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    nonisolated let topic: String
    nonisolated let target: TargetSession
    /// Signalled when the cell is over; all waits for its broker must watch it.
    nonisolated let loss: TargetLoss
    private var identity = TopicIdentity()
    private var timer: EventLoop.Timer?
    private var isAtWork = false
    private var failureCount = 0

    private static let intervalNs: UInt64 = 1_000_000_000
    private static let doubtIntervalNs: UInt64 = 100_000_000
    /// How long one look at the topic may take where the next step waits for it.
    private static let checkTimeoutMs = 2_000
    /// How many looks in a row may go without an answer for `default.api.timeout.ms` before the
    /// target counts as lost.
    private static let failureCountMax = 2

    init(topic: String, target: TargetSession, interruption: Interruption) {
        self.topic = topic
        self.target = target
        loop = target.loop
        loss = TargetLoss(with: [target.loss, interruption.graceOver])
    }

    /// Looks at the topic from now on, until `rest`.
    func begin() {
        isAtWork = true
        lookLater()
    }

    /// Looks no more.
    func rest() {
        isAtWork = false
        timer?.cancel()
        timer = nil
    }

    /// Looks now, and returns why the cell is over, if it is. A target that does not answer is no
    /// reason here.
    func check() async -> EngineError? {
        for _ in 0..<Self.checkCountMax where loss.error == nil {
            do {
                try await loss.unlessLost(on: loop) { _ = await self.look(timeoutMs: Self.checkTimeoutMs) }
            } catch {
                break
            }
            guard identity.isInDoubt else { break }
            await pause()
        }
        return loss.error
    }

    private static let checkCountMax = 20

    /// Takes in where the topic's partitions end; throws if that shows another topic.
    func note(ends: [Int64]) throws(EngineError) {
        identity.observe(ends: ends)
        reportChange()
        if let error = loss.error { throw error }
    }

    /// Deletes the topic, if somebody else has not. Another topic of its name is left alone, which
    /// is an error. It is noted for `weir clean`, which knows a run's topics by their names alone.
    func remove() async throws {
        rest()
        guard let found = try await target.controlClient.admin.describe(topic: topic) else { return }
        guard !identity.isAnother(found) else {
            throw await leave("somebody else has made one of that name since")
        }
        if case .endWentBack = identity.change {
            throw await leave("it may be somebody else's, as an end offset went back")
        }
        do {
            try await target.deleteTopic(topic)
        } catch let error as ClientError where error.code == .broker(.unknownTopicOrPartition) {
            // Somebody else has deleted it meanwhile.
        }
    }

    /// Notes that the topic is somebody else's, and returns the reason as an error.
    private func leave(_ reason: String) async -> EngineError {
        target.belongings.remove(.topic, topic, on: target.name)
        guard let run = RunName.run(of: topic) else { return EngineError(reason, code: .topicGone) }
        do {
            try CommitsFile(run: run).leave(topic: topic, clusterId: try await target.controlClient.admin.clusterId())
            return EngineError(reason, code: .topicGone)
        } catch {
            return EngineError(
                "\(reason); weir clean --run \(run) would delete it, as this could not be noted: \(error)",
                code: .topicGone)
        }
    }

    private func lookLater() {
        guard isAtWork, loss.error == nil else { return }
        timer?.cancel()
        let waitNs = identity.isInDoubt ? Self.doubtIntervalNs : Self.intervalNs
        timer = loop.schedule(atNs: EventLoop.nowNs() + waitNs) {
            Task(executorPreference: self.loop) { await self.lookAndGoOn() }
        }
    }

    private func lookAndGoOn() async {
        guard isAtWork else { return }
        if let error = await look(timeoutMs: nil) {
            failureCount += (error as? ClientError)?.isAboutReachability == true ? 1 : 0
            // A target that left so many looks unanswered counts as lost, even if the measured
            // clients would wait longer.
            if isAtWork, failureCount >= Self.failureCountMax { target.noteFailure(error) }
        } else {
            failureCount = 0
        }
        lookLater()
    }

    private func look(timeoutMs: Int?) async -> (any Error)? {
        do {
            let found = try await target.controlClient.admin.describe(topic: topic, timeoutMs: timeoutMs)
            identity.observe(found, nowNs: EventLoop.nowNs())
            reportChange()
            if found != nil, !identity.hasId { try await lookAtEnds() }
            return nil
        } catch {
            return error
        }
    }

    /// Where topics have no ids, one that was made anew is known by its ends.
    private func lookAtEnds() async throws {
        try note(ends: try await target.controlClient.offsets(of: topic).map(\.end))
    }

    private func reportChange() {
        guard let change = identity.change else { return }
        switch change {
        case .madeAnew, .endWentBack: target.belongings.remove(.topic, topic, on: target.name)
        case .deleted, .partitionCount: break
        }
        loss.report(EngineError(change.words(topic), code: .topicGone))
    }

    private func pause() async {
        await withCheckedContinuation { continuation in
            let end = { continuation.resume() }
            _ = loop.schedule(atNs: EventLoop.nowNs() + Self.doubtIntervalNs, onStop: end, end)
        }
    }
}
