import Foundation
import KafkaBroker
import KafkaClient
import Networking
import Testing

@testable import LoadEngine

@Suite struct ReadBackTests {
    /// A client of a broker in this process, whose topic `t` holds ten records.
    private func withTenRecords(_ body: (Client, EventLoop) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-engine-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (brokerLoop, loop) = (try EventLoop(name: "broker"), try EventLoop(name: "client"))
        var configuration = BrokerConfiguration(dataDirectory: folder.path)
        configuration.port = 0
        let broker = Broker(configuration: configuration, loop: brokerLoop)
        let port = try await broker.start()
        let client = Client(
            configuration: try ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:\(port)"]), loop: loop)
        let outcome: Result<Void, any Error>
        do {
            try await Task(executorPreference: loop) {
                let producer = Producer(client: client)
                for number in 0..<10 {
                    _ = try await producer.send(ProducerRecord(topic: "t", partition: 0, value: [UInt8(number)]))
                }
                _ = await producer.close()
            }.value
            try await body(client, loop)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        await broker.stop()
        await loop.stop()
        await brokerLoop.stop()
        try outcome.get()
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
