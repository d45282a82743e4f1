import Bytes
import Glibc
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct DataDirectoryTests {
    @Test func keepsItsClusterId() throws {
        try withFolder { folder in
            let path = folder + "/made/on/the/way"
            let first = try DataDirectory(path: path, nodeId: 1)
            let clusterId = first.clusterId
            #expect(clusterId.count == 22)
            first.unlock()
            #expect(try DataDirectory(path: path, nodeId: 1).clusterId == clusterId)
        }
    }

    @Test func hasOneOwnerAtATime() throws {
        try withFolder { folder in
            let first = try DataDirectory(path: folder, nodeId: 1)
            let error = #expect(throws: StorageError.self) { try DataDirectory(path: folder, nodeId: 1) }
            #expect(error?.code == .locked)
            first.unlock()
            #expect(throws: Never.self) { try DataDirectory(path: folder, nodeId: 1) }
        }
    }

    @Test func saysWhereItMayNotWrite() throws {
        let error = #expect(throws: StorageError.self) { try DataDirectory(path: "/sys/weir", nodeId: 1) }
        #expect(error?.code == .notWritable)
        #expect(error?.path == "/sys/weir")
    }
}

@Suite struct TopicsTests {
    private func open(_ folder: String, _ body: (Topics, Lines) throws -> Void) throws {
        let directory = try DataDirectory(path: folder, nodeId: 1)
        defer { directory.unlock() }
        let lines = Lines()
        let topics = try Topics(
            directory: directory, defaults: TopicConfiguration(segmentByteCount: 1 << 20, maxMessageByteCount: 1000),
            producerExpirationMs: 1_000_000, openSegments: OpenSegments(countMax: 8), log: lines.add)
        try body(topics, lines)
    }

    private func make(_ topics: Topics, _ name: String, _ partitionCount: Int32 = 1) throws -> Topic {
        try topics.create(name, partitionCount: partitionCount, configuration: topics.configuration([]))
    }

    @Test func keepsTopicsWithIdsAndSettings() throws {
        try withFolder { folder in
            var id = KafkaUUID.zero
            try open(folder) { topics, _ in
                let configuration = try topics.configuration([("segment.bytes", "2048")])
                id = try topics.create("a", partitionCount: 3, configuration: configuration).id
            }
            try open(folder) { topics, _ in
                let topic = try #require(topics.byName["a"])
                #expect(topic.id == id && topics.byId[id] === topic)
                #expect(topic.partitions.count == 3 && topics.partitionCount == 3)
                #expect(topic.configuration.segmentByteCount == 2048)
                #expect(topic.partitions[0].log.limits.segmentByteCount == 2048)
            }
        }
    }

    @Test func deletesForGood() throws {
        try withFolder { folder in
            try open(folder) { topics, _ in
                try topics.delete(make(topics, "a", 2))
                #expect(topics.byName.isEmpty && topics.byId.isEmpty && topics.partitionCount == 0)
                let names = try Files.names(in: folder)
                #expect(!names.contains("a-0"))
                let again = try make(topics, "a")
                #expect(topics.byName["a"]?.id == again.id)
            }
            try open(folder) { topics, _ in #expect(topics.byName["a"]?.partitions.count == 1) }
        }
    }

    /// The journal comes before the files, both ways, so a kill between them loses no fact.
    @Test func finishesAnInterruptedDeletion() throws {
        try withFolder { folder in
            try open(folder) { topics, _ in
                try topics.delete(make(topics, "a", 2))
                try Files.makeDirectory(folder + "/a-1")
                _ = try DataFile(path: folder + "/a-1/00000000000000000000.log", create: true)
            }
            try open(folder) { topics, _ in
                let names = try Files.names(in: folder)
                #expect(topics.byName.isEmpty && !names.contains("a-1"))
            }
        }
    }

    @Test func leavesForeignFilesAlone() throws {
        try withFolder { folder in
            try Files.makeDirectory(folder + "/a-0")
            _ = try DataFile(path: folder + "/a-0/precious.txt", create: true)
            try open(folder) { topics, _ in
                #expect(throws: StorageError.self) { try make(topics, "a") }
                let names = try Files.names(in: folder + "/a-0")
                #expect(names == ["precious.txt"])
            }
        }
    }

    @Test func remembersDeletedRecords() throws {
        try withFolder { folder in
            try open(folder) { topics, _ in
                let topic = try make(topics, "a")
                let driver = topic.partitions[0].log
                for index in 0..<10 { try append(driver, "v\(index)") }
                try topics.deleteRecords(topic, topic.partitions[0], before: 4)
            }
            try open(folder) { topics, _ in
                let log = topics.byName["a"]?.partitions[0].log
                #expect(log?.logStartOffset == 4)
                #expect(log?.nextOffset == 10)
            }
        }
    }

    private func append(_ log: PartitionLog, _ value: String) throws {
        let buffer = ByteBuffer(try TestBatch(values: [value]).bytes)
        let header = try RecordBatchHeader(parsing: buffer.bytes)
        _ = try log.append(
            AcceptedBatch(buffer: buffer, range: 0..<buffer.count, header: header), .createTime, nowMs: 0)
    }

    @Test func neverHandsOutAProducerIdTwice() throws {
        try withFolder { folder in
            var seen: Set<Int64> = []
            for _ in 0..<3 {
                try open(folder) { topics, _ in
                    for _ in 0..<1500 {
                        let id = try topics.takeProducerId()
                        #expect(seen.insert(id).inserted)
                    }
                }
            }
        }
    }

    @Test func rewritesAJournalOfTheDead() throws {
        try withFolder { folder in
            try open(folder) { topics, _ in
                let topic = try make(topics, "a")
                for index in 0..<10_100 {
                    if index == 10_050 { _ = try make(topics, "b") }
                    try append(topic.partitions[0].log, "v")
                    try topics.deleteRecords(topic, topic.partitions[0], before: Int64(index + 1))
                }
            }
            #expect(try content(of: folder + "/topics.journal").count < 20_000)
            try open(folder) { topics, _ in
                #expect(topics.byName["a"]?.partitions[0].log.logStartOffset == 10_100)
                #expect(topics.byName["b"] != nil)
            }
        }
    }
}

@Suite struct CommittedOffsetsTests {
    private let topic = KafkaUUID(high: 1, low: 2)

    private func place(_ partition: Int32) -> OffsetStore.Place { .init(topicId: topic, partition: partition) }

    private func open(_ folder: String, known: Set<KafkaUUID>? = nil) throws -> CommittedOffsets {
        try CommittedOffsets(path: folder + "/j", isKnown: { known?.contains($0) ?? true }, log: { _ in })
    }

    @Test func survivesKill() throws {
        try withFolder { folder in
            let offsets = try open(folder)
            try offsets.commit(group: "g", [(place(0), .init(offset: 5)), (place(1), .init(offset: 6))])
            try offsets.commit(group: "g", [(place(1), .init(offset: 9, leaderEpoch: 3, metadata: "näher"))])
            let again = try open(folder)
            #expect(again.store == offsets.store)
            #expect(again.store.commit(group: "g", place(1)) == .init(offset: 9, leaderEpoch: 3, metadata: "näher"))
        }
    }

    @Test func deletionsSurviveKill() throws {
        try withFolder { folder in
            let offsets = try open(folder)
            for group in ["g", "h", "i"] {
                try offsets.commit(group: group, [(place(0), .init(offset: 5)), (place(1), .init(offset: 6))])
            }
            try offsets.delete(groups: ["g", "h"])
            try offsets.delete(group: "i", [place(1)])
            try offsets.commit(group: "h", [(place(0), .init(offset: 7))])
            let again = try open(folder)
            #expect(again.store == offsets.store)
            #expect(again.store.groups == ["h": [place(0): .init(offset: 7)], "i": [place(0): .init(offset: 5)]])
        }
    }

    @Test func dropsCommitsOfDeletedTopics() throws {
        try withFolder { folder in
            try open(folder).commit(group: "g", [(place(0), .init(offset: 5))])
            #expect(try open(folder, known: []).store.count == 0)
        }
    }

    @Test func staysSmallUnderManyCommits() throws {
        try withFolder { folder in
            let offsets = try open(folder)
            for offset in 0..<60_000 { try offsets.commit(group: "g", [(place(0), .init(offset: Int64(offset)))]) }
            #expect(try content(of: folder + "/j").count < 60_000 * 20)
            #expect(try open(folder).store.commit(group: "g", place(0))?.offset == 59_999)
        }
    }

    @Test func keepsNothingOfACommitThatFailed() throws {
        try withFolder { folder in
            let offsets = try open(folder)
            let most = Array(repeating: (place(0), OffsetStore.Commit(offset: 1)), count: CommittedOffsets.countMax + 1)
            #expect(throws: StorageError.self) { try offsets.commit(group: "g", most) }
            #expect(offsets.store.count == 0)
        }
    }
}
