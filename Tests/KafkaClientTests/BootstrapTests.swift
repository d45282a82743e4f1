import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// Which broker a bootstrap connection turns out to lead to, and what becomes of versions that were
/// assumed.
@Suite(.timeLimit(.minutes(5))) struct BootstrapTests {
    let partition = TopicPartition(topic: "t", partition: 0)

    /// Starts at an offset that is asked for, or at one that is known; says how many connections
    /// were opened until the fetch was there.
    func connectionCount(bootstrap: String, advertised: String, seeks: Bool) async throws -> Int {
        let count = Mutex(0)
        try await ScriptedServer.run(bootstrapHost: bootstrap, advertisedHost: advertised) { header, _ in
            header.apiKey == .fetch ? .mute : .well
        } _: { server, client in
            let consumer = Consumer(
                client: client, configuration: ConsumerConfiguration(), assignment: .partitions([partition]))
            if seeks { try await consumer.seek(partition, to: 0) }
            #expect(try await consumer.start().offsets == [partition: 0])
            while server.count(.fetch) == 0 { await Task.yield() }
            await consumer.stop()
            count.withLock { $0 = server.connectionCount.withLock { $0 } }
        }
        return count.withLock { $0 }
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("localhost", "127.0.0.1"), ("127.0.0.1", "localhost"),
        ("127.0.0.2", "127.0.0.2"),
    ])
    func theBrokersOwnAddressIsDialledOnce(_ bootstrap: String, _ advertised: String) async throws {
        #expect(try await connectionCount(bootstrap: bootstrap, advertised: advertised, seeks: false) == 1)
        #expect(try await connectionCount(bootstrap: bootstrap, advertised: advertised, seeks: true) == 1)
    }

    @Test(arguments: [("127.0.0.2", "127.0.0.1"), ("127.0.0.2", "localhost"), ("localhost", "127.0.0.2")])
    func anotherAddressIsNotTakenForTheBrokers(_ bootstrap: String, _ advertised: String) async throws {
        #expect(try await connectionCount(bootstrap: bootstrap, advertised: advertised, seeks: false) == 2)
        #expect(try await connectionCount(bootstrap: bootstrap, advertised: advertised, seeks: true) == 2)
    }

    // MARK: Versions

    /// What a broker of the time of Kafka 2.1 serves.
    static let old: [ApiKey: ClosedRange<Int16>] = [
        .apiVersions: 0...2, .metadata: 0...7, .produce: 0...7, .fetch: 0...10, .listOffsets: 0...4,
        .findCoordinator: 0...2, .offsetCommit: 0...6, .offsetFetch: 0...5, .initProducerId: 0...1,
    ]

    @Test(arguments: [false, true])
    func aBrokerThatHangsUpOnANewerVersionIsAskedInItsOwn(knowsTheQuestion: Bool) async throws {
        try await ScriptedServer.run { header, _ in
            guard Self.old[header.apiKey]?.contains(header.apiVersion) == true else {
                guard header.apiKey == .apiVersions else { return .rawThenClose([]) }
                return knowsTheQuestion ? .served(Self.old) : .tooNew
            }
            return header.apiKey == .apiVersions ? .served(Self.old) : .well
        } _: { server, client in
            try await client.connect(topics: ["t"])
            // Dialled anew once; from then on it is known what it serves.
            #expect(server.connectionCount.withLock { $0 } == 2)
            #expect(try await Admin(client: client).listOffsets([partition], at: .earliest) == [partition: 0])
            #expect(server.connectionCount.withLock { $0 } == 2)
            #expect(server.count(.metadata) == 2)
        }
    }

    @Test func aBrokerThatAnswersANewerVersionSomehowIsAskedAgain() async throws {
        try await ScriptedServer.run { header, _ in
            switch header.apiKey {
            case .apiVersions: .served(Self.old)
            case .metadata where header.apiVersion > 7: .payload([0, 35])
            default: .well
            }
        } _: { server, client in
            try await client.connect(topics: ["t"])
            #expect(server.count(.metadata) == 2 && server.connectionCount.withLock { $0 } == 1)
        }
    }

    @Test func aBrokerThatHangsUpOnItsOwnVersionsIsNotAskedForEver() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .apiVersions ? .served(Self.old) : .rawThenClose([])
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect(topics: ["t"]) }
            #expect(error?.isRetriable == true, "\(String(describing: error))")
            #expect(server.count(.metadata) == 2 && server.connectionCount.withLock { $0 } == 2)
        }
    }

    @Test func recordsThatABrokerMayHaveTakenAreNotSentAgainForAWrongVersion() async throws {
        try await ScriptedServer.run { header, _ in
            switch header.apiKey {
            case .apiVersions: .served([.apiVersions: 0...3, .metadata: 0...8, .produce: 0...7])
            case .produce: .rawThenClose([])
            default: .well
            }
        } _: { server, client in
            let configuration = try ProducerConfiguration(
                properties: ["enable.idempotence": "false", "retries": "0", "linger.ms": "0"])
            let producer = Producer(client: client, configuration: configuration)
            await #expect(throws: ClientError.self) {
                try await producer.send(ProducerRecord(topic: "t", value: [1]))
            }
            #expect(server.count(.produce) == 1)
            #expect(await producer.close() == UndeliveredReport(unknownRecordCount: 1))
        }
    }
}
