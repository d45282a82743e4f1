/// What the clients of a section do, by which it is known which options have an effect on it.
enum OptionUse: Sendable, CaseIterable {
    /// Kept producers, in a closed loop or at a rate.
    case paced
    /// Kept producers, as fast as they take records.
    case unlimited
    /// Producers that are thrown away.
    case recreated
    /// The producer that fills a topic ahead.
    case preload
    /// A consumer that reads the preload again and again.
    case consume
    /// A consumer beside the producer whose records it waits for.
    case endToEnd
    /// Consumer starts.
    case start

    init(_ produce: ProduceSpec) {
        if produce.recreate != .never {
            self = .recreated
        } else {
            self = produce.load == .unlimited ? .unlimited : .paced
        }
    }

    /// Why an option has no effect here; nil where it has one. `properties` are all of the
    /// section's.
    func idleReason(_ option: String, _ properties: [String: String]) -> String? {
        switch option {
        case "partitioner.ignore.keys":
            "records have no keys, so that partitioner.class alone says where they go"
        case "partitioner.class":
            self == .preload ? "a preload fills all partitions evenly" : nil
        case "partitioner.adaptive.partitioning.enable", "partitioner.availability.timeout.ms":
            idleAdaptation(option, properties)
        case "batch.size", "max.in.flight.requests.per.connection":
            self == .recreated ? "a producer that is thrown away sends one record after the other" : nil
        case "max.poll.records":
            "Weir's loads take records where they lie in a fetched batch, and never poll"
        case "auto.offset.reset": idleReset
        default: nil
        }
    }

    private func idleAdaptation(_ option: String, _ properties: [String: String]) -> String? {
        switch self {
        case .preload: return "a preload fills all partitions evenly"
        case .unlimited: return "a load without a limit fills a batch of each partition in turn"
        case .recreated:
            return
                "a producer that is thrown away sends one record after the other, so that no queue is longer than another"
        default: break
        }
        if properties["partitioner.class"] != nil { return "RoundRobinPartitioner takes all partitions in turn" }
        let isTimeout = option == "partitioner.availability.timeout.ms"
        guard isTimeout, properties["partitioner.adaptive.partitioning.enable"] == "false" else { return nil }
        return "partitioner.adaptive.partitioning.enable is false"
    }

    private var idleReset: String? {
        switch self {
        case .consume: "each partition is read from its first record on, again and again"
        case .endToEnd: "the consumer begins where each partition ends before the first record is produced"
        default: nil
        }
    }

    /// The options among `properties` that have an effect here.
    func effective(_ properties: [String: String]) -> [String: String] {
        properties.filter { idleReason($0.key, properties) == nil }
    }
}

extension CellBuilder {
    /// Refuses, by name, what was said and has no effect in any cell.
    mutating func noteEffects(_ section: CellReader, _ properties: [String: String], in use: OptionUse) {
        for name in section.options.keys.sorted() {
            let reason = use.idleReason(name, properties)
            ineffective.note(
                section[name].mark, hasEffect: reason == nil, "\(name) has no effect here: \(reason ?? "")",
                isError: true)
        }
    }
}
