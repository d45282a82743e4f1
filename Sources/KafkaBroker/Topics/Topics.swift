import Bytes
import KafkaProtocol
import System

/// The topics of a data directory: made, deleted and looked up here, and kept in a journal.
final class Topics {
    /// Partitions that one topic may have, as Kafka bounds them.
    static let partitionCountMax: Int32 = 10_000
    private static let producerIdBlock: Int64 = 1000
    /// Superseded entries that the journal may hold beyond as many as are live.
    private static let supersededCountMax = 10_000

    @safe @exclusivity(unchecked) private(set) var byName: [String: Topic] = [:]
    @safe @exclusivity(unchecked) private(set) var byId: [KafkaUUID: Topic] = [:]
    /// The partitions of all topics.
    private(set) var partitionCount = 0
    private var namesByCollisionKey: [String: String] = [:]
    private let directory: DataDirectory
    private let defaults: TopicConfiguration
    private let producerExpirationMs: Int64
    private let openSegments: OpenSegments
    private let log: (String) -> Void
    private var journal: Journal
    /// The journal is rewritten when it has more entries than this.
    private var entryCountMax = 0
    private var nextProducerId: Int64 = 0
    private var reservedProducerIds: Int64 = 0

    /// Opens the journal and recovers the log of every partition.
    init(
        directory: DataDirectory, defaults: TopicConfiguration, producerExpirationMs: Int64,
        openSegments: OpenSegments, log: @escaping (String) -> Void
    ) throws(StorageError) {
        self.directory = directory
        self.defaults = defaults
        self.producerExpirationMs = producerExpirationMs
        self.openSegments = openSegments
        self.log = log
        var known = KnownTopics()
        journal = try Journal(path: directory.topicsJournal, log: log) { (reader) throws(WireError) in
            known.apply(try TopicEntry(parsing: &reader))
        }
        reservedProducerIds = known.producerIdsBelow
        nextProducerId = known.producerIdsBelow
        for (id, topic) in known.topics { try recover(id, topic) }
        for path in known.leftDirectories { try Self.removePartition("\(directory.path)/\(path)") }
        if known.hasDeletions { try rewriteJournal() }
        limitJournal()
    }

    private func recover(_ id: KafkaUUID, _ known: KnownTopics.Known) throws(StorageError) {
        var configuration = defaults
        for (key, value) in known.settings {
            do { try configuration.set(key, value) } catch { log("topic \(known.name): \(error.message)") }
        }
        var partitions: [Partition] = []
        for index in 0..<known.partitionCount {
            let path = directory.partition(known.name, index)
            try Files.makeDirectory(path)
            let recovery = LogRecovery(
                directory: path, limits: limits(configuration), openSegments: openSegments, log: log)
            let recovered = try recovery.run(logStartOffset: known.logStarts[index] ?? 0, nowMs: WallClock.nowMs())
            partitions.append(Partition(index: index, log: recovered))
        }
        insert(Topic(name: known.name, id: id, configuration: configuration, partitions: partitions))
    }

    private func limits(_ configuration: TopicConfiguration) -> PartitionLog.Limits {
        PartitionLog.Limits(
            segmentByteCount: configuration.segmentByteCount, producerExpirationMs: producerExpirationMs)
    }

    private func insert(_ topic: Topic) {
        partitionCount += topic.partitions.count
        byName[topic.name] = topic
        byId[topic.id] = topic
        namesByCollisionKey[TopicName.collisionKey(topic.name)] = topic.name
    }

    /// The existing topic whose name differs only in '.' and '_', if there is one.
    func collision(with name: String) -> String? {
        let other = namesByCollisionKey[TopicName.collisionKey(name)]
        return other == name ? nil : other
    }

    /// A topic's settings: the broker's, and what its creator set.
    func configuration(_ entries: [(name: String, value: String?)]) throws(TopicConfiguration.Refusal)
        -> TopicConfiguration
    {
        var configuration = defaults
        for entry in entries { try configuration.set(entry.name, entry.value) }
        return configuration
    }

    /// Makes a topic whose name, count and settings were checked before.
    func create(
        _ name: String, partitionCount: Int32, configuration: TopicConfiguration
    ) throws(StorageError) -> Topic {
        precondition(byName[name] == nil && (1...Self.partitionCountMax).contains(partitionCount))
        let id = KafkaUUID.random()
        let partitions = try makePartitions(name, 0..<partitionCount, configuration)
        try append([
            .created(name: name, id: id, partitionCount: partitionCount, settings: configuration.entries)
        ])
        let topic = Topic(name: name, id: id, configuration: configuration, partitions: partitions)
        insert(topic)
        return topic
    }

    private func makePartitions(
        _ name: String, _ indexes: Range<Int32>, _ configuration: TopicConfiguration
    ) throws(StorageError) -> [Partition] {
        var partitions: [Partition] = []
        for index in indexes {
            let path = directory.partition(name, index)
            try Self.removePartition(path)
            try Files.makeDirectory(path)
            let log = PartitionLog(directory: path, limits: limits(configuration), openSegments: openSegments)
            partitions.append(Partition(index: index, log: log))
        }
        return partitions
    }

    /// Adds partitions to a topic, up to a count that was checked before.
    func grow(_ topic: Topic, to count: Int32) throws(StorageError) {
        let added = try makePartitions(topic.name, Int32(topic.partitions.count)..<count, topic.configuration)
        try append([.grown(id: topic.id, partitionCount: count)])
        topic.add(added)
        partitionCount += added.count
    }

    /// Deletes a topic and its files; what cannot be removed now is removed at the next start.
    func delete(_ topic: Topic) throws(StorageError) {
        try append([.deleted(id: topic.id)])
        partitionCount -= topic.partitions.count
        byName[topic.name] = nil
        byId[topic.id] = nil
        namesByCollisionKey[TopicName.collisionKey(topic.name)] = nil
        for partition in topic.partitions {
            partition.log.close()
            do {
                try Self.removePartition(partition.log.directory)
            } catch {
                log("\(error)")
            }
        }
    }

    /// Moves the start of a partition's log up: first in the journal, so that it holds whatever
    /// happens to the files.
    func deleteRecords(_ topic: Topic, _ partition: Partition, before offset: Int64) throws(StorageError) {
        guard offset > partition.log.logStartOffset else { return }
        try append([.logStart(id: topic.id, partition: partition.index, offset: offset)])
        try partition.log.advanceStart(to: offset)
    }

    /// A producer id that was never handed out, also not before a restart.
    func takeProducerId() throws(StorageError) -> Int64 {
        if nextProducerId == reservedProducerIds {
            try append([.producerIds(below: reservedProducerIds + Self.producerIdBlock)])
            reservedProducerIds += Self.producerIdBlock
        }
        nextProducerId += 1
        return nextProducerId - 1
    }

    /// Leaves on disk what makes the next start quick, and closes every file.
    func close() {
        for topic in byName.values {
            for partition in topic.partitions {
                do {
                    try partition.log.checkpoint()
                } catch {
                    // The next start reads the log instead.
                    log("\(error)")
                }
                partition.log.close()
            }
        }
    }

    private func append(_ entries: [TopicEntry]) throws(StorageError) {
        try journal.append { add in
            for entry in entries { add { entry.write(to: $0) } }
        }
        guard journal.entryCount > entryCountMax else { return }
        do {
            try rewriteJournal()
        } catch {
            // The journal only stays longer than needed.
            log("\(error)")
        }
        limitJournal()
    }

    private func limitJournal() { entryCountMax = 2 * journal.entryCount + Self.supersededCountMax }

    private func rewriteJournal() throws(StorageError) {
        try journal.rewrite { add in
            add { TopicEntry.producerIds(below: reservedProducerIds).write(to: $0) }
            for topic in byName.values { write(topic, add) }
        }
    }

    private func write(_ topic: Topic, _ add: ((ByteBuffer) -> Void) -> Void) {
        let created = TopicEntry.created(
            name: topic.name, id: topic.id, partitionCount: Int32(topic.partitions.count),
            settings: topic.configuration.entries)
        add { created.write(to: $0) }
        for partition in topic.partitions where partition.log.logStartOffset > 0 {
            let start = TopicEntry.logStart(
                id: topic.id, partition: partition.index, offset: partition.log.logStartOffset)
            add { start.write(to: $0) }
        }
    }

    /// Removes a partition's directory with the files that a broker makes; anything else in it is
    /// left, and is an error.
    private static func removePartition(_ path: String) throws(StorageError) {
        let suffixes = [".log", ".index", ".timeindex", ".summary", ".snapshot", ".tmp"]
        for name in try Files.names(in: path) where suffixes.contains(where: { name.hasSuffix($0) }) {
            try Files.remove("\(path)/\(name)")
        }
        try Files.removeDirectory(path)
    }
}

/// What the journal's entries add up to.
private struct KnownTopics {
    struct Known {
        var name: String
        var partitionCount: Int32
        var settings: [String: String]
        var logStarts: [Int32: Int64] = [:]
    }

    var topics: [KafkaUUID: Known] = [:]
    var producerIdsBelow: Int64 = 0
    private var deleted: [Known] = []

    var hasDeletions: Bool { !deleted.isEmpty }

    /// Directories of deleted topics that no other topic has now.
    var leftDirectories: Set<String> {
        Set(deleted.flatMap(Self.directories)).subtracting(topics.values.flatMap(Self.directories))
    }

    private static func directories(_ known: Known) -> [String] {
        (0..<known.partitionCount).map { "\(known.name)-\($0)" }
    }

    mutating func apply(_ entry: TopicEntry) {
        switch entry {
        case .created(let name, let id, let partitionCount, let settings):
            topics[id] = Known(name: name, partitionCount: partitionCount, settings: settings)
        case .deleted(let id):
            if let known = topics.removeValue(forKey: id) { deleted.append(known) }
        case .logStart(let id, let partition, let offset): topics[id]?.logStarts[partition] = offset
        case .grown(let id, let partitionCount): topics[id]?.partitionCount = partitionCount
        case .producerIds(let end): producerIdsBelow = max(producerIdsBelow, end)
        }
    }
}
