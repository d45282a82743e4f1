import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(5))) struct AdminTests {
    private func newTopic(_ name: String, _ partitions: Int32 = 1, _ replicas: Int16 = 1)
        -> CreateTopicsRequest.CreatableTopic
    {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = replicas
        return topic
    }

    private func metadata(_ client: TestClient, _ names: [String]?, create: Bool = true, _ version: Int16 = 9) throws
        -> MetadataResponse
    {
        var request = MetadataRequest()
        request.allowAutoTopicCreation = create
        request.topics = names?.map { name in
            var topic = MetadataRequest.MetadataRequestTopic()
            topic.name = name
            return topic
        }
        return try client.ask(request, version)
    }

    @Test(arguments: Int16(0)...4)
    func saysWhatItServes(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            var request = ApiVersionsRequest()
            request.clientSoftwareName = "weir-test"
            request.clientSoftwareVersion = "1.0"
            let answer = try client.ask(request, version)
            #expect(answer.errorCode == .none)
            let ranges = Dictionary(
                uniqueKeysWithValues: answer.apiKeys.map { ($0.apiKey, $0.minVersion...$0.maxVersion) })
            #expect(ranges.count == 21)
            // The exact versions without which librdkafka 2.0.2 does not compress.
            for version in [Int16(0), 2, 3, 7] { #expect(ranges[.produce]?.contains(version) == true) }
            for version in [Int16(2), 4, 10] { #expect(ranges[.fetch]?.contains(version) == true) }
            #expect(ranges[.findCoordinator]?.contains(0) == true)
            #expect(ranges[.joinGroup] == Int16(0)...9)
            // No transactions are served.
            #expect(ranges[ApiKey(rawValue: 24)] == nil)
        }
    }

    @Test func refusesClientNamesByKafkasRule() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            #expect(try client.ask(ApiVersionsRequest(), 3).errorCode == .invalidRequest)
            for name in ["a", "librdkafka", "confluent-kafka.x", "9"] { #expect(BrokerCore.isClientName(name)) }
            for name in ["", "-a", "a-", "a b", "ä", "a_b"] { #expect(!BrokerCore.isClientName(name)) }
        }
    }

    @Test func answersUnknownVersionsInTheOldLayout() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            var frame = try client.encode(ApiVersionsRequest(), 4)
            frame[7] = 9
            try client.write(frame)
            let answer = try client.receive(ApiVersionsResponse.self, 0)
            #expect(answer.errorCode == .unsupportedVersion)
            #expect(answer.apiKeys.map(\.apiKey) == [.apiVersions] && answer.apiKeys[0].maxVersion == 4)
            // The connection goes on.
            #expect(try metadata(client, []).brokers.count == 1)
        }
    }

    @Test(arguments: Int16(0)...13)
    func describesAndMakesTopics(version: Int16) async throws {
        try await withBroker(["num.partitions": "3"]) { broker in
            let client = try broker.client()
            let made = try metadata(client, ["t"], version)
            #expect(made.topics[0].errorCode == .none && made.topics[0].partitions.count == 3)
            #expect(made.topics[0].partitions.allSatisfy { $0.leaderId == 1 && $0.isrNodes == [1] })
            #expect(made.brokers.map(\.port) == [Int32(broker.port)] && made.brokers[0].host == "127.0.0.1")
            #expect((made.topics[0].topicId == .zero) == (version < 10))
            #expect(try metadata(client, version == 0 ? [] : nil, version).topics.map(\.name) == ["t"])
            #expect(try metadata(client, ["a b"], version).topics[0].errorCode == .invalidTopicException)
        }
    }

    private func metadata(_ client: TestClient, _ names: [String]?, _ version: Int16) throws -> MetadataResponse {
        try metadata(client, names, create: true, version)
    }

    @Test func makesNoTopicUnlessBothSidesAllowIt() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            #expect(try metadata(client, ["t"], create: false).topics[0].errorCode == .unknownTopicOrPartition)
        }
        try await withBroker(["auto.create.topics.enable": "false"]) { broker in
            let client = try broker.client()
            #expect(try metadata(client, ["t"]).topics[0].errorCode == .unknownTopicOrPartition)
            #expect(try metadata(client, nil).topics.isEmpty)
        }
    }

    @Test(arguments: Int16(0)...7)
    func createsTopics(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = "segment.bytes"
            config.value = "4096"
            var request = CreateTopicsRequest()
            request.topics = [newTopic("t", 2)]
            request.topics[0].configs = [config]
            if version >= 1 {
                request.validateOnly = true
                #expect(try client.ask(request, version).topics[0].errorCode == .none)
                #expect(try metadata(client, nil).topics.isEmpty)
                request.validateOnly = false
            }
            let result = try client.ask(request, version).topics[0]
            #expect(result.errorCode == .none)
            if version >= 5 {
                #expect(result.numPartitions == 2 && result.replicationFactor == 1)
                #expect(result.configs?.first { $0.name == "segment.bytes" }?.value == "4096")
            }
            #expect((result.topicId == .zero) == (version < 7))
            #expect(try client.ask(request, version).topics[0].errorCode == .topicAlreadyExists)
        }
    }

    @Test func refusesTopicsByKafkasCodes() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("has.dot")
            var unknown = CreateTopicsRequest.CreatableTopicConfig()
            unknown.name = "no.such"
            unknown.value = "1"
            var request = CreateTopicsRequest()
            request.topics = [
                newTopic("a b"), newTopic("x", 0), newTopic("y", 1, 2), newTopic("z", 20_000), newTopic("has_dot"),
                newTopic("c"), newTopic("twice"), newTopic("twice"),
            ]
            request.topics[5].configs = [unknown]
            let codes = try client.ask(request, 4).topics.map(\.errorCode)
            #expect(
                codes == [
                    .invalidTopicException, .invalidPartitions, .invalidReplicationFactor, .policyViolation,
                    .invalidTopicException, .invalidConfig, .invalidRequest,
                ])
            #expect(try metadata(client, nil).topics.map(\.name) == ["has.dot"])
        }
    }

    @Test func takesAssignmentsToItself() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            var request = CreateTopicsRequest()
            request.topics = [newTopic("t", -1, -1), newTopic("u", -1, -1), newTopic("v", -1, -1)]
            for (topic, brokers) in [[[1], [1]], [[1], [2]]].enumerated() {
                request.topics[topic].assignments = brokers.enumerated().map { index, ids in
                    var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
                    assignment.partitionIndex = Int32(index)
                    assignment.brokerIds = ids.map(Int32.init)
                    return assignment
                }
            }
            #expect(try client.ask(request, 5).topics.map(\.errorCode) == [.none, .invalidReplicaAssignment, .none])
            #expect(try metadata(client, ["t", "v"]).topics.map(\.partitions.count) == [2, 1])
        }
    }

    @Test(arguments: Int16(0)...6)
    func deletesTopics(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            let id = try client.createTopic("t")
            try client.createTopic("u")
            var request = DeleteTopicsRequest()
            request.topicNames = ["t", "missing"]
            var byId = DeleteTopicsRequest.DeleteTopicState()
            byId.topicId = id
            var byName = DeleteTopicsRequest.DeleteTopicState()
            byName.name = "missing"
            if version >= 6 { (request.topicNames, request.topics) = ([], [byId, byName]) }
            let results = try client.ask(request, version).responses
            #expect(results.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            #expect(results.map(\.name) == ["t", "missing"])
            #expect(try metadata(client, nil).topics.map(\.name) == ["u"])
        }
    }

    @Test(arguments: Int16(0)...2)
    func deletesRecords(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t")
            for index in 0..<10 { try client.produce("v\(index)", to: "t") }
            func delete(_ offset: Int64) throws -> DeleteRecordsResponse.DeleteRecordsPartitionResult {
                var partition = DeleteRecordsRequest.DeleteRecordsPartition()
                partition.offset = offset
                var topic = DeleteRecordsRequest.DeleteRecordsTopic()
                topic.name = "t"
                topic.partitions = [partition]
                var request = DeleteRecordsRequest()
                request.topics = [topic]
                return try client.ask(request, version).topics[0].partitions[0]
            }
            #expect(try delete(4).lowWatermark == 4)
            #expect(try client.fetch("t", from: 4) == numbered(4..<10))
            let below = try client.ask(client.fetchRequest("t", from: 3), 11)
            #expect(below.responses[0].partitions[0].errorCode == .offsetOutOfRange)
            #expect(below.responses[0].partitions[0].logStartOffset == 4)
            #expect(try delete(2).lowWatermark == 4)
            #expect(try delete(11).errorCode == .offsetOutOfRange)
            #expect(try delete(-1).lowWatermark == 10)
            #expect(try client.fetch("t", from: 10).isEmpty)
            try client.produce("v10", to: "t")
            #expect(try client.fetch("t", from: 10) == numbered(10..<11))
        }
    }

    @Test(arguments: Int16(0)...6)
    func isTheCoordinatorOfEveryGroup(version: Int16) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            var request = FindCoordinatorRequest()
            if version >= 4 { request.coordinatorKeys = ["g"] } else { request.key = "g" }
            let answer = try client.ask(request, version)
            #expect((version >= 4 ? answer.coordinators[0].port : answer.port) == Int32(broker.port))
            #expect((version >= 4 ? answer.coordinators[0].nodeId : answer.nodeId) == 1)
            guard version >= 1 else { return }
            request.keyType = 1
            let refused = try client.ask(request, version)
            guard version >= 4 else {
                // Who asks in these is refused at the next step.
                #expect(refused.errorCode == .none && refused.nodeId == 1)
                return
            }
            #expect(refused.coordinators[0].errorCode == .unsupportedVersion)
            let words = "This broker has no transactions: leave transactional.id out."
            #expect(refused.coordinators[0].errorMessage == words)
        }
    }

    /// As Apache Kafka 3.9.1 and 4.3.1 do, which want no more replicas in sync than there are.
    @Test func moreReplicasInSyncThanThereAreAreNotWaitedFor() async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t", ["min.insync.replicas": "2"])
            try client.produce("v0", to: "t")
            #expect(try client.fetch("t") == numbered(0..<1))
            var topic = newTopic("u")
            topic.configs = [CreateTopicsRequest.CreatableTopicConfig()]
            topic.configs[0].name = "min.insync.replicas"
            topic.configs[0].value = "0"
            var request = CreateTopicsRequest()
            request.topics = [topic]
            #expect(try client.ask(request, 7).topics[0].errorCode == .invalidConfig)
        }
    }
}
