import KafkaProtocol
import System

/// Carries out a start plan: asks for commits and for the ends of the log at the same time, and
/// starts fetching when every place is known.
final class PositionFinder {
    private let core: ConsumerCore
    private let partitions: [ConsumerCore.Partition]
    private var plan: StartPlan
    private var done: ((Result<Void, ClientError>) -> Void)?
    private var isAskingForEnds = false
    private var isAskingForCommits = false
    /// What was dropped while a question was under way, which may fail for it.
    private var dropped: Set<TopicPartition> = []

    /// Finds where these partitions start; those that are `sought` start there whatever the rules
    /// say.
    init(_ core: ConsumerCore, _ partitions: [ConsumerCore.Partition], sought: [TopicPartition: Int64] = [:]) {
        self.core = core
        self.partitions = partitions
        plan = StartPlan(core.configuration, partitions: partitions.map(\.topicPartition), sought: sought)
    }

    /// Calls `done` once every partition has been started, or one cannot be.
    func run(_ done: @escaping (Result<Void, ClientError>) -> Void) {
        self.done = done
        core.positionFinders.append(self)
        do throws(ClientError) {
            try plan.checkRule()
            ask()
        } catch {
            finish(.failure(error))
        }
    }

    /// Leaves out what is read no longer.
    func drop(_ removed: [ConsumerCore.Partition]) {
        let known = Set(partitions.map(ObjectIdentifier.init))
        let mine = removed.filter { known.contains(ObjectIdentifier($0)) }
        guard done != nil, !mine.isEmpty else { return }
        for partition in mine {
            plan.drop(partition.topicPartition)
            dropped.insert(partition.topicPartition)
        }
        if plan.isDone { ask() }
    }

    private func ask() {
        // All at once: a fetch of some would wait for new records while the others cannot be asked
        // for.
        if plan.isDone {
            core.start(zip(partitions, plan.offsets).compactMap { (one, offset) in offset.map { (one, $0) } })
            return finish(.success(()))
        }
        let questions = plan.questions(nowMs: WallClock.nowMs())
        if !questions.committed.isEmpty, !isAskingForCommits, let group = core.configuration.groupId {
            isAskingForCommits = true
            core.cluster.committed(group, questions.committed) { [self] result in
                isAskingForCommits = false
                take(result) { (plan, offsets) throws(ClientError) in try plan.committed(offsets) }
            }
        }
        if !questions.listed.isEmpty, !isAskingForEnds {
            isAskingForEnds = true
            core.cluster.listOffsets(
                of: questions.listed, at: questions.timestamp, isolation: core.configuration.isolationLevel.rawValue
            ) { [self] result in
                isAskingForEnds = false
                take(result) { (plan, offsets) throws(ClientError) in try plan.listed(offsets) }
            }
        }
    }

    private func take(
        _ result: Result<[TopicPartition: Int64], ClientError>,
        _ use: (inout StartPlan, [TopicPartition: Int64]) throws(ClientError) -> Void
    ) {
        guard done != nil else { return }
        do throws(ClientError) {
            try use(&plan, try result.get())
            ask()
        } catch {
            // What failed for one that was dropped is asked again without it, once.
            guard let of = error.topicPartition, dropped.remove(of) != nil else { return finish(.failure(error)) }
            ask()
        }
    }

    /// Ends the search where the consumer is stopped: what it has asked is not waited for.
    func end(_ error: ClientError) { finish(.failure(error)) }

    private func finish(_ result: Result<Void, ClientError>) {
        let done = done
        self.done = nil
        core.positionFinders.removeAll { $0 === self }
        done?(result)
    }
}
