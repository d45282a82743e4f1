import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(5))) struct OffsetTests {
    @Test(arguments: Int16(0)...10)
    func keepsCommits(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            let id = try client.createTopic("t")
            #expect(try client.committed(group: "g", topic: "t") == -1)
            #expect(
                try client.commit(5, group: "g", topic: "t", id: id, metadata: "m", version: version) == ErrorCode.none)
            #expect(try client.committed(group: "g", topic: "t") == 5)
            #expect(try client.committed(group: "h", topic: "t") == -1)
        }
    }

    @Test(arguments: Int16(0)...10)
    func answersCommits(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            let id = try client.createTopic("t", partitions: 2)
            _ = try client.commit(5, group: "g", topic: "t", metadata: "m")
            guard version >= 8 else {
                #expect(try client.committed(group: "g", topic: "t", version: version) == 5)
                return
            }
            var topic = OffsetFetchRequest.OffsetFetchRequestTopics()
            topic.name = "t"
            topic.topicId = id
            topic.partitionIndexes = [0, 1]
            var group = OffsetFetchRequest.OffsetFetchRequestGroup()
            group.groupId = "g"
            group.topics = [topic]
            var request = OffsetFetchRequest()
            request.groups = [group, group]
            request.groups[1].topics = nil
            let answer = try client.ask(request, version).groups
            #expect(answer[0].topics[0].partitions.map(\.committedOffset) == [5, -1])
            #expect(answer[0].topics[0].partitions[0].metadata == "m")
            #expect(answer[1].topics[0].partitions.map(\.committedOffset) == [5])
            #expect(answer[1].topics[0].topicId == (version >= 10 ? id : .zero))
        }
    }

    @Test func answersAllTopicsOfAGroup() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            for name in ["b", "a"] {
                try client.createTopic(name)
                _ = try client.commit(1, group: "g", topic: name)
            }
            var request = OffsetFetchRequest()
            request.groupId = "g"
            request.topics = nil
            #expect(try client.ask(request, 2).topics.map(\.name) == ["a", "b"])
            request.groupId = "nobody"
            #expect(try client.ask(request, 2).topics.isEmpty)
        }
    }

    @Test func refusesByKafkasCodes() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            #expect(try client.commit(1, group: "g", topic: "u") == .unknownTopicOrPartition)
            #expect(try client.commit(1, group: "g", topic: "", id: .random(), version: 10) == .unknownTopicId)
            let long = String(repeating: "m", count: 4097)
            #expect(try client.commit(1, group: "g", topic: "t", metadata: long) == .offsetMetadataTooLarge)
            var request = OffsetCommitRequest()
            request.groupId = "g"
            request.generationIdOrMemberEpoch = 1
            request.topics = [OffsetCommitRequest.OffsetCommitRequestTopic()]
            request.topics[0].name = "t"
            request.topics[0].partitions = [OffsetCommitRequest.OffsetCommitRequestPartition()]
            #expect(try client.ask(request, 7).topics[0].partitions[0].errorCode == .illegalGeneration)
            #expect(try client.committed(group: "g", topic: "t") == -1)
            // As Kafka does while the group has no members, whoever the client says it is.
            request.generationIdOrMemberEpoch = -1
            request.memberId = "member"
            #expect(try client.ask(request, 7).topics[0].partitions[0].errorCode == .none)
        }
    }

    @Test func startsAfreshWithANewTopicOfTheName() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            _ = try client.commit(5, group: "g", topic: "t")
            var request = DeleteTopicsRequest()
            request.topicNames = ["t"]
            _ = try client.ask(request, 1)
            try client.createTopic("t")
            #expect(try client.committed(group: "g", topic: "t") == -1)
        }
    }

    @Test(arguments: Int16(0)...11)
    func listsOffsets(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            for index in 0..<10 {
                try client.produce(TestBatch(values: ["v"], timestamps: [Int64(index) * 100]).bytes, to: "t")
            }
            func list(_ timestamp: Int64) throws -> ListOffsetsResponse.ListOffsetsPartitionResponse {
                var partition = ListOffsetsRequest.ListOffsetsPartition()
                partition.timestamp = timestamp
                if version == 0 { partition.maxNumOffsets = 10 }
                var topic = ListOffsetsRequest.ListOffsetsTopic()
                topic.name = "t"
                topic.partitions = [partition]
                var request = ListOffsetsRequest()
                request.topics = [topic]
                return try client.ask(request, version).topics[0].partitions[0]
            }
            guard version > 0 else {
                #expect(try list(-1).oldStyleOffsets == [10, 0])
                #expect(try list(-2).oldStyleOffsets == [0])
                return
            }
            #expect(try list(-1).offset == 10)
            #expect(try list(-2).offset == 0)
            let found = try list(450)
            #expect(found.offset == 5 && found.timestamp == 500)
            #expect(found.leaderEpoch == (version >= 4 ? 0 : -1))
            let none = try list(901)
            #expect(none.offset == -1 && none.timestamp == -1 && none.errorCode == .none)
            for (special, first, offset) in [(Int64(-3), Int16(7), Int64(9)), (-4, 8, 0), (-5, 9, -1), (-6, 11, -1)] {
                let answer = try list(special)
                #expect(answer.errorCode == (version >= first ? .none : .unsupportedVersion))
                if version >= first { #expect(answer.offset == offset) }
            }
            #expect(try list(-7).errorCode == .unsupportedVersion)
        }
    }
}
