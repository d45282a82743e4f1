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
    /// What must be asked before the start: the group's commits of these partitions, and what
    /// ListOffsets knows of those, all of one timestamp.
    struct Questions: Equatable {
        var committed: [TopicPartition] = []
        var listed: [TopicPartition] = []
        var timestamp: Int64 = -1
    }

    /// One partition, and what is known of its start.
    private struct Place {
        let topicPartition: TopicPartition
        var offset: Int64?
        var listed: Int64?
        var hasNoCommit: Bool
        var hasNoNewer = false
        var isDropped = false

        var isOpen: Bool { offset == nil && !isDropped }
    }

    private let configuration: ConsumerConfiguration
    private var places: [Place]
    private var indexes: [TopicPartition: Int]
    private var openCount: Int

    /// A start of `partitions`; those that are `sought` start there whatever the rules say.
    init(_ configuration: ConsumerConfiguration, partitions: [TopicPartition], sought: [TopicPartition: Int64]) {
        self.configuration = configuration
        let hasNoCommit = configuration.groupId == nil || configuration.resetsOnStart
        places = partitions.map { Place(topicPartition: $0, hasNoCommit: hasNoCommit) }
        indexes = Dictionary(uniqueKeysWithValues: zip(partitions, partitions.indices))
        openCount = partitions.count
        for (partition, offset) in sought { if let at = indexes[partition] { settle(at, offset) } }
    }

    /// Where each partition starts as far as that is known, in the order in which they were given.
    var offsets: [Int64?] { places.map { $0.isDropped ? nil : $0.offset } }
    /// Whether all are known.
    var isDone: Bool { openCount == 0 }

    /// What must be asked; the commits and the ends of the log can be asked for at the same time.
    func questions(nowMs: Int64) -> Questions {
        var questions = Questions()
        guard !isDone else { return questions }
        for place in places where place.isOpen && !place.hasNoCommit {
            questions.committed.append(place.topicPartition)
        }
        guard let timestamp = configuration.offsetReset.listTimestamp(nowMs: nowMs) else { return questions }
        let unlisted = places.filter { $0.isOpen && $0.listed == nil }
        // Ends are asked for once it is known that nothing is as new as was asked for.
        let first = unlisted.filter { !$0.hasNoNewer }
        questions.timestamp = first.isEmpty ? -1 : timestamp
        questions.listed = (first.isEmpty ? unlisted : first).map(\.topicPartition)
        return questions
    }

    /// The group's commits came: −1 where there is none.
    mutating func committed(_ offsets: [TopicPartition: Int64]) throws(ClientError) {
        for (partition, offset) in offsets {
            guard let at = indexes[partition], places[at].isOpen else { continue }
            if offset >= 0 { settle(at, offset) } else { places[at].hasNoCommit = true }
        }
        try useListed()
    }

    /// Ends of the log came. Where no record is as new as asked for (−1), the end is asked for
    /// next.
    mutating func listed(_ offsets: [TopicPartition: Int64]) throws(ClientError) {
        for (partition, offset) in offsets {
            guard let at = indexes[partition], places[at].isOpen else { continue }
            if offset >= 0 {
                places[at].listed = offset
            } else {
                guard !places[at].hasNoNewer else { throw .withoutEnd(partition) }
                places[at].hasNoNewer = true
            }
        }
        try useListed()
    }

    /// A partition that is not to be started after all.
    mutating func drop(_ partition: TopicPartition) {
        guard let at = indexes[partition], !places[at].isDropped else { return }
        if places[at].isOpen { openCount -= 1 }
        places[at].isDropped = true
    }

    /// Throws where no commit counts from the outset and there is no rule either: nothing would be
    /// asked, and nothing come.
    func checkRule() throws(ClientError) {
        guard configuration.offsetReset == .none else { return }
        let without = places.filter { $0.isOpen && $0.hasNoCommit }.map(\.topicPartition)
        guard let partition = without.min() else { return }
        throw ClientError(.noOffset, topicPartition: partition)
    }

    /// Throws where there is no commit and no rule either.
    private mutating func useListed() throws(ClientError) {
        try checkRule()
        for at in places.indices where places[at].isOpen && places[at].hasNoCommit {
            if let offset = places[at].listed { settle(at, offset) }
        }
    }

    private mutating func settle(_ at: Int, _ offset: Int64) {
        guard places[at].isOpen else { return }
        places[at].offset = offset
        openCount -= 1
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
