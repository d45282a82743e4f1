/// What is impossible or doubtful in combination, where each value by itself could stand.
extension CellBuilder {
    mutating func checkTogether(_ cell: CellDraft) {
        checkTopic(cell)
        let isAlone = cell.consume != nil && root["produce"].isAbsent
        if isAlone, cell.topic.existing == nil, cell.topic.preload == nil, !root["topic"].isDoubtful {
            problems.error(
                root["consume"].mark ?? mark,
                "consume reads the topic's preload, and there is none: say topic: {preload: …}")
        }
        if let start = cell.start { checkStart(start, cell.topic) }
        if let produce = cell.produce { checkProduce(produce, cell) }
        checkOthers(cell)
        checkEmbedded(cell)
    }

    private mutating func checkTopic(_ cell: CellDraft) {
        let topic = root["topic"]
        if !topic.isDoubtful, cell.topic.trimRecordCount > cell.topic.preloadedPerPartition {
            problems.error(
                topic["trim"].mark ?? mark,
                "trim moves the start by \(Self.records(cell.topic.trimRecordCount)) on each partition, and the preload leaves \(cell.topic.preloadedPerPartition) there"
            )
        }
        guard case .embedded = cell.target else { return }
        if let name = cell.topic.existing {
            problems.error(
                topic["existing"].mark ?? mark,
                "the embedded broker starts empty, without a topic '\(name)': say target or --bootstrap-servers")
        }
        noteUnsupported(topic["config"])
        if let replicas = cell.topic.replicationFactor, replicas > 1 {
            problems.error(
                topic["replication.factor"].mark ?? mark, "replication.factor \(replicas): the embedded broker is one")
        }
    }

    /// The embedded broker refuses what it would have to ignore.
    private mutating func noteUnsupported(_ config: CellReader) {
        for (name, value) in config.options.sorted(by: { $0.key < $1.key }) {
            let mark = config[name].mark ?? mark
            if !KafkaOption.embeddedTopic.contains(name) {
                problems.error(mark, "'\(name)' is a topic's option that the embedded broker does not have")
            } else if let only = KafkaOption.embeddedTopicOnly[name], only != value {
                problems.error(mark, "\(name) '\(value)': the embedded broker has only \(only)")
            }
        }
    }

    private mutating func checkProduce(_ produce: ProduceSpec, _ cell: CellDraft) {
        checkRecreate(produce, cell)
        let config = root["topic"]["config"]
        if config["cleanup.policy"].text?.contains("compact") == true {
            problems.error(
                config["cleanup.policy"].mark ?? mark, "cleanup.policy compact wants keys, and records have none so far"
            )
        }
    }

    /// What is re-created is waited for by its sender, and alone.
    private mutating func checkRecreate(_ produce: ProduceSpec, _ cell: CellDraft) {
        let section = root["produce"]
        if produce.recreate != .never {
            let mark = section["recreate"].mark ?? mark
            if !produce.load.isClosedLoop {
                problems.error(
                    mark, "recreate wants a closed loop, load: {concurrency: …}: a sender waits for what it makes anew")
            }
            if cell.consume != nil {
                problems.error(mark, "recreate is measured to the acknowledgement: consume cannot stand beside it")
            }
        }
        if cell.consume != nil, produce.producers > 1 {
            problems.error(
                section["producers"].mark ?? mark, "end to end is measured with one producer, not \(produce.producers)")
        }
    }

    /// Loads that wait for something their author may not have meant.
    mutating func noteWaits(_ load: LoadSpec, _ properties: [String: String], _ produce: CellReader) {
        let producer = produce["producer"]
        let isFilled = load == .unlimited && properties["partitioner.class"] == nil
        ineffective.note(
            producer["linger.ms"].mark, hasEffect: !isFilled,
            "linger.ms has no effect: the batches of a load without a limit are always full")
        guard case .concurrency = load else { return }
        if producer["linger.ms"].isAbsent, !producer.isDoubtful {
            problems.warn(
                produce["load"].mark ?? mark,
                "linger.ms is \(properties["linger.ms"] ?? "") by default, and each sender waits it out at every record: say linger.ms"
            )
        }
        if properties["acks"] == "0" {
            problems.warn(
                producer["acks"].mark ?? mark, "with acks: 0 a sender of a closed loop waits for the socket alone")
        }
    }

    /// More producers than one count only where senders share them.
    mutating func noteProducers(_ producers: Int, _ recreate: RecreateSpec, _ load: LoadSpec) {
        let mark = root["produce"]["producers"].mark
        if recreate != .never {
            ineffective.note(
                mark, hasEffect: producers == 1,
                "'producers' has no effect: a sender that re-creates has a producer of its own")
        } else if case .concurrency(let count) = load {
            ineffective.note(
                mark, hasEffect: producers <= count,
                "producers \(producers): more than the \(count) senders that share them")
        } else {
            ineffective.note(mark, hasEffect: true, "")
        }
    }

    /// A record must fit a request and the buffer.
    mutating func checkRoom(_ value: ValueSpec, _ properties: [String: String], _ section: CellReader) {
        // The header of a batch, and the longest head of a record, as Kafka's client estimates
        // them.
        let byteCount = Int64(value.byteCount) + 61 + 21 + 7
        for key in ["max.request.size", "buffer.memory"] {
            guard let room = properties.number(key), byteCount > room else { continue }
            problems.error(
                section["value"]["size"].mark ?? mark,
                "a record of \(Quantity.byteSize(UInt64(value.byteCount)).text) does not fit \(key) \(room)")
        }
        guard let memory = properties.number("buffer.memory"), let batch = properties.number("batch.size"),
            memory >= byteCount, memory < batch
        else { return }
        problems.error(
            section["producer"]["buffer.memory"].mark ?? section["producer"]["batch.size"].mark ?? section.mark ?? mark,
            "buffer.memory \(memory) has no room for a batch of batch.size \(batch), so that nothing could be sent")
    }

    static func records(_ count: Int) -> String { Quantity.records(UInt64(count)).text }
}

extension LoadSpec {
    fileprivate var isClosedLoop: Bool {
        guard case .concurrency = self else { return false }
        return true
    }
}
