import Testing

/// The programs in `Snippets/`, as they were built, against `weir broker`.
@Suite(.timeLimit(.minutes(10))) struct SnippetTests {
    @Test func threeConsumersStartWhereTheRulesSay() async throws {
        try await withBroker { try await Snippet.threeConsumers($0) }
    }

    @Test func lastMessagesAreTheNewestOfAllPartitions() async throws {
        try await withBroker { try await Snippet.lastMessages($0) }
    }

    @Test func manyTopicsCostNoMoreProducersThanTheyMust() async throws {
        try await withBroker { try await Snippet.manyTopics($0) }
    }

    @Test func nothingIsLostOrDoubledWhenTheBrokerIsKilled() async throws {
        try await withBroker { try await Snippet.shortOutages($0) }
    }

    @Test func whatFailsWhileTheBrokerIsAwayIsSentAgainOrReported() async throws {
        try await withBroker { try await Snippet.longOutages($0) }
    }

    @Test(arguments: Snippet.allCases)
    func wrongUsageIsExplained(_ snippet: Snippet) async throws {
        let output = try await snippet.output([])
        #expect(output.status == 2)
        #expect(output.standardError.hasPrefix("usage: \(snippet.rawValue) HOST:PORT"))
        let wrongAddress = try await snippet.output(["localhost"] + snippet.otherArguments)
        #expect(wrongAddress.status == 2)
        #expect(wrongAddress.standardError.contains("the port is missing"))
    }

    @Test(arguments: Snippet.allCases)
    func aBrokerThatIsNotThereIsNamed(_ snippet: Snippet) async throws {
        // Port 1 (tcpmux) is below those that a test may have been given.
        let output = try await snippet.output(["127.0.0.1:1"] + snippet.otherArguments)
        #expect(output.status == 1)
        #expect(output.standardError.contains("127.0.0.1:1: connect"))
    }
}

/// The same programs against an Apache Kafka: every test has topics of its own.
@Suite(.serialized, .needsKafka, .withKafkaServer, .timeLimit(.minutes(10))) struct RealKafkaSnippetTests {
    @Test func threeConsumersStartWhereTheRulesSay() async throws {
        try await Snippet.threeConsumers(try #require(KafkaServer.current))
    }

    @Test func lastMessagesAreTheNewestOfAllPartitions() async throws {
        try await Snippet.lastMessages(try #require(KafkaServer.current))
    }

    @Test func lastMessagesAreFoundBetweenTransactionMarkers() async throws {
        try await Snippet.lastMessagesOfTransactions(try #require(KafkaServer.current))
    }

    @Test func manyTopicsCostNoMoreProducersThanTheyMust() async throws {
        try await Snippet.manyTopics(try #require(KafkaServer.current))
    }

    @Test func nothingIsLostOrDoubledWhenTheBrokerIsKilled() async throws {
        try await Snippet.shortOutages(try #require(KafkaServer.current))
    }

    @Test func whatFailsWhileTheBrokerIsAwayIsSentAgainOrReported() async throws {
        try await Snippet.longOutages(try #require(KafkaServer.current))
    }
}
