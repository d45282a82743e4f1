import KafkaProtocol

/// Where a consumer starts, on every partition, by the rule table of PyKafka's guide.
///
/// | committed offset | reset on start | starts at |
/// |---|---|---|
/// | none | any | `auto.offset.reset` |
/// | there is one | no | the committed offset |
/// | there is one | yes | `auto.offset.reset` |
///
/// The log's ends are asked for along with the commits, not after them: where nothing is committed
/// a round trip is saved, elsewhere the answer is not waited for.
struct StartPlan {
    /// What must be asked before the start: the group's commits, and for each partition the
    /// timestamp of ListOffsets.
    struct Questions: Equatable {
        var committed: [TopicPartition] = []
        var listed: [TopicPartition: Int64] = [:]
    }

    private let configuration: ConsumerConfiguration
    private var known: [TopicPartition: Int64] = [:]
    private var withoutCommit: Set<TopicPartition> = []
    private var listed: [TopicPartition: Int64] = [:]
    private var withoutNewer: Set<TopicPartition> = []
    private var open: Set<TopicPartition>

    /// A start of `partitions`; those that are `sought` start there whatever the rules say.
    init(_ configuration: ConsumerConfiguration, partitions: [TopicPartition], sought: [TopicPartition: Int64]) {
        self.configuration = configuration
        open = Set(partitions)
        for (partition, offset) in sought where open.contains(partition) { settle(partition, at: offset) }
        if configuration.groupId == nil || configuration.resetsOnStart { withoutCommit = open }
    }

    /// The partitions whose position is known.
    var positions: [TopicPartition: Int64] { known }
    /// Whether all are.
    var isDone: Bool { open.isEmpty }

    /// What must be asked; the commits and the ends of the log can be asked for at the same time.
    func questions(nowMs: Int64) -> Questions {
        var questions = Questions()
        guard !isDone else { return questions }
        questions.committed = open.subtracting(withoutCommit).sorted()
        if let timestamp = configuration.offsetReset.listTimestamp(nowMs: nowMs) {
            for partition in open where listed[partition] == nil {
                questions.listed[partition] = withoutNewer.contains(partition) ? -1 : timestamp
            }
        }
        return questions
    }

    /// The group's commits came: −1 where there is none.
    mutating func committed(_ offsets: [TopicPartition: Int64]) throws(ClientError) {
        for (partition, offset) in offsets where open.contains(partition) {
            if offset >= 0 { settle(partition, at: offset) } else { withoutCommit.insert(partition) }
        }
        try useListed()
    }

    /// Ends of the log came. Where no record is as new as asked for (−1), the end is asked for
    /// next.
    mutating func listed(_ offsets: [TopicPartition: Int64]) throws(ClientError) {
        for (partition, offset) in offsets where open.contains(partition) {
            if offset >= 0 {
                listed[partition] = offset
            } else if !withoutNewer.insert(partition).inserted {
                throw .withoutEnd(partition)
            }
        }
        try useListed()
    }

    /// A partition that is not to be started after all.
    mutating func drop(_ partition: TopicPartition) {
        open.remove(partition)
        known[partition] = nil
    }

    /// Throws where no commit counts from the outset and there is no rule either: nothing would be
    /// asked, and nothing come.
    func checkRule() throws(ClientError) {
        guard configuration.offsetReset == .none, let partition = open.intersection(withoutCommit).min() else { return }
        throw ClientError(.noOffset, topicPartition: partition)
    }

    /// Throws where there is no commit and no rule either.
    private mutating func useListed() throws(ClientError) {
        try checkRule()
        for partition in open.intersection(withoutCommit).sorted() {
            if let offset = listed[partition] { settle(partition, at: offset) }
        }
    }

    private mutating func settle(_ partition: TopicPartition, at offset: Int64) {
        known[partition] = offset
        open.remove(partition)
    }
}

extension ClientError {
    /// A broker that does not know where a log ends.
    static func withoutEnd(_ partition: TopicPartition) -> ClientError {
        ClientError(
            .malformedResponse("no offset for the end of the log"), api: .listOffsets, topicPartition: partition)
    }
}

extension ConsumerConfiguration.OffsetReset {
    /// What ListOffsets is asked for: −1 the end, −2 the start, else the first offset of that time;
    /// nil for none.
    func listTimestamp(nowMs: Int64) -> Int64? {
        switch self {
        case .earliest: -2
        case .latest: -1
        case .none: nil
        case .byDuration(let ms): nowMs - ms
        }
    }
}
