import KafkaProtocol
import Testing

@testable import KafkaClient

/// What is wrong with a group is told of the group, though brokers answer by partition.
@Suite(.timeLimit(.minutes(5))) struct GroupErrorTests {
    private static let partition = TopicPartition(topic: "invoices", partition: 0)

    private func committed(_ error: ErrorCode) -> OffsetCommitResponse {
        var partition = OffsetCommitResponse.OffsetCommitResponsePartition()
        partition.errorCode = error
        var topic = OffsetCommitResponse.OffsetCommitResponseTopic()
        topic.name = Self.partition.topic
        topic.partitions = [partition]
        var response = OffsetCommitResponse()
        response.topics = [topic]
        return response
    }

    /// Holds the text of the error that a commit fails with against what it must say.
    private func withCommitError(_ error: ErrorCode, _ body: @Sendable (String) -> Void) async throws {
        let answer = committed(error)
        try await ScriptedServer.run { header, _ in
            header.apiKey == .offsetCommit ? .message(answer) : .well
        } _: { _, client in
            let error = await #expect(throws: ClientError.self) {
                try await Admin(client: client).commit(group: "billing", offsets: [Self.partition: 5])
            }
            body(try #require(error).description)
        }
    }

    @Test(arguments: [ErrorCode.groupAuthorizationFailed, .unknownMemberId, .invalidGroupId])
    func anErrorOfTheGroupNamesIt(code: ErrorCode) async throws {
        try await withCommitError(code) { text in
            #expect(text.hasPrefix("OffsetCommit: \(code.name): "))
            #expect(text.contains(", group billing") && !text.contains("invoices"), "\(text)")
        }
    }

    @Test func anErrorOfATopicNamesBoth() async throws {
        try await withCommitError(.topicAuthorizationFailed) { text in
            #expect(text.contains(", group billing, invoices-0"), "\(text)")
        }
    }

    @Test func aCoordinatorThatIsNotFoundNamesTheGroup() async throws {
        var refusal = FindCoordinatorResponse()
        refusal.errorCode = .groupAuthorizationFailed
        let answer = refusal
        try await ScriptedServer.run { header, _ in
            header.apiKey == .findCoordinator ? .message(answer) : .well
        } _: { _, client in
            let error = await #expect(throws: ClientError.self) {
                try await Admin(client: client).committed(group: "billing", partitions: [Self.partition])
            }
            #expect(error?.description.contains("FindCoordinator: GROUP_AUTHORIZATION_FAILED") == true)
            #expect(error?.description.contains(", group billing") == true)
        }
    }
}
