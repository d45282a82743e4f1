import Foundation
import Testing

/// What becomes of clients that want transactions, which the embedded broker has not: they fail
/// with what is meant.
@Suite(.timeLimit(.minutes(10))) struct TransactionTests {
    private static let words = "This broker has no transactions: leave transactional.id out."

    @Test(arguments: ForeignClient.installed(of: [.kafkaPython(nil)]))
    func kafkaPythonFailsAtOnce(client: ForeignClient) async throws {
        try await withBroker { broker in
            let refusal = try await client.run(broker, [.transact(id: "mine", seconds: 60)]).first?.refusal
            #expect(refusal?.contains("UnsupportedVersion") == true, "\(refusal ?? "none")")
        }
    }

    /// It asks again until its own time is over, unless the code says that a right is missing.
    @Test(arguments: ForeignClient.installed(of: [.confluentKafka]))
    func librdkafkaEndsWithTheReason(client: ForeignClient) async throws {
        try await withBroker { broker in
            let refusal = try await client.run(broker, [.transact(id: "mine", seconds: 3)]).first?.refusal
            #expect(refusal?.contains("API version not supported") == true, "\(refusal ?? "none")")
        }
    }

    @Test(.needsKafka) func javaFailsAtOnce() async throws {
        try await withBroker { broker in
            let output = try await ChildProcess(
                executable: "\(try #require(KafkaServer.home))/bin/kafka-producer-perf-test.sh",
                arguments: [
                    "--topic", "t", "--num-records", "1", "--record-size", "10", "--throughput", "-1",
                    "--transactional-id", "mine", "--transaction-duration-ms", "100", "--producer-props",
                    "bootstrap.servers=\(broker.bootstrap)",
                ]
            ).output()
            #expect(output.status == 1)
            #expect((output.standardOutput + output.standardError).contains(Self.words), "\(output)")
        }
    }
}
