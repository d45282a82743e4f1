import KafkaClient
import Networking
import Testing

@testable import LoadEngine

@Suite(.timeLimit(.minutes(5))) struct ReadBackTests {
    /// A client of a broker in this process, whose topic `t` holds ten records.
    private func withTenRecords(_ body: (Client, EventLoop) async throws -> Void) async throws {
        try await withBroker(topics: ["t"]) { client, loop in
            try await client.send(10, to: "t", on: loop)
            try await body(client, loop)
        }
    }

    @Test(arguments: [(0, 10), (4, 10), (4, 9), (7, 7)])
    func countsWhatStandsInTheRangeAlone(start: Int64, end: Int64) async throws {
        try await withTenRecords { client, loop in
            let read = try await Task(executorPreference: loop) {
                try await ReadBack.run(
                    client: client, loop: loop, topic: "t", ranges: [LogRange(start: start, end: end)],
                    loss: TargetLoss())
            }.value
            #expect(read.recordCount == Int(end - start))
        }
    }

    @Test func endsWithItsTarget() async throws {
        try await withTenRecords { client, loop in
            let loss = TargetLoss()
            loss.report(EngineError("gone"))
            await #expect(throws: (any Error).self) {
                try await Task(executorPreference: loop) {
                    // There is no eleventh record to wait for.
                    try await ReadBack.run(
                        client: client, loop: loop, topic: "t", ranges: [LogRange(start: 0, end: 11)], loss: loss)
                }.value
            }
        }
    }
}
