import KafkaProtocol
import Networking
import System
import Testing

@testable import KafkaClient

/// Answers that are well formed and leave out what was asked, or name something else: an error that
/// says so, after few requests.
@Suite(.timeLimit(.minutes(5))) struct LeftOutTests {
    static let partition = TopicPartition(topic: "t", partition: 0)

    /// An answer of an API that says nothing, or speaks of something else.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let api: ApiKey
        let answer: any KafkaMessage & Sendable
        let call: @Sendable (Client) async throws(ClientError) -> Void
        /// Whether a broker may say so for a while, so that it is asked again until the time is
        /// over.
        var isPassing = false
    }

    static let cases: [Case] = {
        let admin: @Sendable (Client) -> Admin = { Admin(client: $0) }
        var otherTopic = CreateTopicsResponse.CreatableTopicResult()
        otherTopic.name = "other"
        var created = CreateTopicsResponse()
        created.topics = [otherTopic, otherTopic]
        var named = ListOffsetsResponse.ListOffsetsTopicResponse()
        named.name = "t"
        var listed = ListOffsetsResponse()
        listed.topics = [named, named]
        var silent = FindCoordinatorResponse()
        silent.nodeId = -1
        var topicless = MetadataResponse()
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.host = "127.0.0.1"
        topicless.brokers = [broker]
        return [
            Case(
                testDescription: "ListOffsets of nothing", api: .listOffsets, answer: ListOffsetsResponse(),
                call: { client throws(ClientError) in _ = try await admin(client).listOffsets([partition], at: .latest)
                }),
            Case(
                testDescription: "ListOffsets of a topic twice, without partitions", api: .listOffsets, answer: listed,
                call: { client throws(ClientError) in _ = try await admin(client).listOffsets([partition], at: .latest)
                }),
            Case(
                testDescription: "OffsetFetch of nothing", api: .offsetFetch, answer: OffsetFetchResponse(),
                call: { client throws(ClientError) in
                    _ = try await admin(client).committed(group: "g", partitions: [partition])
                }),
            Case(
                testDescription: "OffsetCommit of nothing", api: .offsetCommit, answer: OffsetCommitResponse(),
                call: { client throws(ClientError) in
                    try await admin(client).commit(group: "g", offsets: [partition: 1])
                }),
            Case(
                testDescription: "DeleteRecords of nothing", api: .deleteRecords, answer: DeleteRecordsResponse(),
                call: { client throws(ClientError) in _ = try await admin(client).deleteRecords(before: [partition: 1])
                }),
            Case(
                testDescription: "CreateTopics of nothing", api: .createTopics, answer: CreateTopicsResponse(),
                call: { client throws(ClientError) in
                    try await admin(client).createTopics([NewTopic(name: "n", partitionCount: 1)])
                }),
            Case(
                testDescription: "CreateTopics of another topic, twice", api: .createTopics, answer: created,
                call: { client throws(ClientError) in
                    try await admin(client).createTopics([NewTopic(name: "n", partitionCount: 1)])
                }),
            Case(
                testDescription: "DeleteTopics of nothing", api: .deleteTopics, answer: DeleteTopicsResponse(),
                call: { client throws(ClientError) in try await admin(client).deleteTopics(["t"]) }),
            Case(
                testDescription: "a coordinator without an address", api: .findCoordinator, answer: silent,
                call: { client throws(ClientError) in
                    try await admin(client).commit(group: "g", offsets: [partition: 1])
                }),
            Case(
                testDescription: "Metadata without brokers", api: .metadata, answer: MetadataResponse(),
                call: { client throws(ClientError) in try await client.connect(topics: ["t"]) }),
            Case(
                testDescription: "Metadata without the topic", api: .metadata, answer: topicless,
                call: { client throws(ClientError) in try await client.connect(topics: ["t"]) }, isPassing: true),
        ]
    }()

    @Test(arguments: cases) func aCallSaysSo(_ bad: Case) async throws {
        let times = [
            "default.api.timeout.ms": bad.isPassing ? "1500" : "60000", "request.timeout.ms": "60000",
            "retry.backoff.ms": "100", "retry.backoff.max.ms": "100",
        ]
        try await ScriptedServer.run(times) { header, _ in
            header.apiKey == bad.api ? .message(bad.answer) : .well
        } _: { server, client in
            let error = try #require(
                await #expect(throws: ClientError.self) { try await bad.call(client) })
            let reason = bad.isPassing ? try #require(error.cause) : error
            let isMalformed = if case .malformedResponse = reason.code { true } else { false }
            #expect(isMalformed, "\(error)")
            #expect(reason.api == bad.api && reason.broker == "127.0.0.1:\(server.port)", "\(error)")
            #expect(server.count(bad.api) <= (bad.isPassing ? 20 : 1))
        }
    }

    // MARK: Fetch

    static let fetches: [(name: String, answer: FetchResponse)] = {
        var one = FetchResponse.PartitionData()
        one.partitionIndex = 7
        var topic = FetchResponse.FetchableTopicResponse()
        topic.topic = "t"
        var other = topic
        other.partitions = [one, one]
        return [
            ("nothing", FetchResponse()), ("a topic without partitions", answer(topic)),
            ("another partition, twice", answer(other)),
        ]
        func answer(_ topic: FetchResponse.FetchableTopicResponse) -> FetchResponse {
            var response = FetchResponse()
            response.responses = [topic]
            return response
        }
    }()

    @Test(arguments: fetches.indices) func aFetchThatNamesNoneOfItsPartitionsStopsTheConsumer(_ index: Int) async throws
    {
        let (name, answer) = Self.fetches[index]
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .message(answer) : .well
        } _: { server, client in
            let error = try await BadBrokerTests().failure(of: client)
            let isMalformed = if case .malformedResponse = error.code { true } else { false }
            #expect(isMalformed && error.topicPartition == Self.partition, "\(name): \(error)")
            #expect(error.broker == "127.0.0.1:\(server.port)")
            #expect(server.count(.fetch) == ConsumerCore.violationCountMax, "\(name)")
        }
    }

    @Test func emptyAnswersThatComeAtOnceAreNotAskedForAsFastAsTheyCome() async throws {
        let backOff = ["retry.backoff.ms": "50", "retry.backoff.max.ms": "50"]
        try await ScriptedServer.run(backOff) { header, _ in
            header.apiKey == .fetch ? .records([]) : .well
        } _: { server, client in
            let configuration = try ConsumerConfiguration(properties: ["auto.offset.reset": "earliest"])
            let consumer = Consumer(client: client, configuration: configuration, assignment: .topics(["t"]))
            let beginNs = EventLoop.nowNs()
            _ = try await consumer.start()
            _ = try await consumer.poll(timeoutMs: 500)
            // A broker waits half a second; this one answers a thousand times in it if it is let.
            let count = server.count(.fetch)
            let heldBackMax = Int(EventLoop.nowNs().since(beginNs) / 50_000_000) + 5
            #expect((21...(20 + heldBackMax)).contains(count), "\(count)")
            await consumer.stop()
        }
    }

    /// ListOffsets and Fetch that contradict each other: asked in turn, they would be for ever.
    @Test func resetsThatLeadOutOfRangeAgainStopTheConsumer() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .fetch ? .refused(.offsetOutOfRange) : .well
        } _: { server, client in
            let error = try await BadBrokerTests().failure(of: client)
            #expect(
                error.code == .broker(.offsetOutOfRange) && error.hint?.contains("auto.offset.reset") == true,
                "\(error)")
            #expect(server.count(.fetch) == FetchPosition.resetCountMax + 1)
        }
    }

    // MARK: Producers

    @Test func aBatchThatTheAnswerLeavesOutMayBeStored() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .produce ? .message(ProduceResponse()) : .well
        } _: { server, client in
            let producer = Producer(client: client)
            let error = await #expect(throws: ClientError.self) {
                try await producer.send(ProducerRecord(topic: "t", value: [1]))
            }
            #expect(
                error?.api == .produce && error?.broker == "127.0.0.1:\(server.port)", "\(String(describing: error))")
            #expect(await producer.close() == UndeliveredReport(unknownRecordCount: 1))
            #expect(server.count(.produce) == 1)
        }
    }

    @Test func aProducerIdThatIsNoneIsAnErrorAndNotAskedForAtOnceAgain() async throws {
        var answer = InitProducerIdResponse()
        answer.producerId = -1
        let response = answer
        try await ScriptedServer.run(["retry.backoff.ms": "50", "retry.backoff.max.ms": "50"]) { header, _ in
            header.apiKey == .initProducerId ? .message(response) : .well
        } _: { server, client in
            let configuration = try ProducerConfiguration(properties: ["linger.ms": "0"])
            let producer = Producer(client: client, configuration: configuration)
            let beginNs = EventLoop.nowNs()
            for _ in 0..<4 {
                let error = await #expect(throws: ClientError.self) {
                    try await producer.send(ProducerRecord(topic: "t", value: [1]))
                }
                #expect(error?.api == .initProducerId, "\(String(describing: error))")
            }
            let elapsedMs = Int((EventLoop.nowNs() - beginNs) / 1_000_000)
            #expect(server.count(.initProducerId) <= 2 + elapsedMs / 40)
            #expect(elapsedMs >= 3 * 40)
            _ = await producer.close(timeoutMs: 0)
        }
    }
}
