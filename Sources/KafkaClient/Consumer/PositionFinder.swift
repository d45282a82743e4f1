import KafkaProtocol

/// Carries out a start plan: asks for commits and for the ends of the log at the same time, and starts fetching when every place is known.
final class PositionFinder {
    private let core: ConsumerCore
    private var plan: StartPlan
    private var done: ((Result<Void, ClientError>) -> Void)?
    private var isAskingForEnds = false
    private var isAskingForCommits = false

    init(_ core: ConsumerCore, _ plan: StartPlan) {
        self.core = core
        self.plan = plan
    }

    /// Calls `done` once every partition has been started, or one cannot be.
    func run(_ done: @escaping (Result<Void, ClientError>) -> Void) {
        self.done = done
        core.startFinder = self
        do throws(ClientError) {
            try plan.checkRule()
            ask()
        } catch {
            finish(.failure(error))
        }
    }

    private func ask() {
        // All at once: a fetch of some would wait for new records while the others cannot be asked for.
        if plan.isDone {
            core.start(plan.positions)
            return finish(.success(()))
        }
        let questions = plan.questions(nowMs: wallClockMs())
        if !questions.committed.isEmpty, !isAskingForCommits, let group = core.configuration.groupId {
            isAskingForCommits = true
            core.cluster.committed(group, questions.committed) { [self] result in
                isAskingForCommits = false
                take(result) { (plan, offsets) throws(ClientError) in try plan.committed(offsets) }
            }
        }
        if !questions.listed.isEmpty, !isAskingForEnds {
            isAskingForEnds = true
            core.cluster.listOffsets(questions.listed, isolation: core.configuration.isolationLevel.rawValue) {
                [self] result in
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
            finish(.failure(error))
        }
    }

    /// Ends the search where the consumer is stopped: what it has asked is not waited for.
    func end(_ error: ClientError) { finish(.failure(error)) }

    private func finish(_ result: Result<Void, ClientError>) {
        let done = done
        self.done = nil
        core.startFinder = nil
        done?(result)
    }
}

extension ConsumerCore {
    /// Where each partition started, as far as that is known.
    var startOffsets: [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for partition in partitions { offsets[partition.topicPartition] = partition.place.startOffset }
        return offsets
    }
}
