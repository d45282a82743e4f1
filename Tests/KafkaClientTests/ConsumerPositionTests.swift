import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaClient

/// How far a partition was read, which goes by positions: the end of a log may hold nothing that is
/// handed out.
@Suite(.timeLimit(.minutes(5))) struct ConsumerPositionTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    /// What a consumer is told that gets these answers to its fetches, and no more: records handed
    /// out, and positions.
    private func read(
        _ answers: [ScriptedServer.Reply], _ properties: [String: String] = [:], positionCount: Int
    ) async throws -> (records: [Int64], positions: [Int64]) {
        let told = Mutex((records: [Int64](), positions: [Int64]()))
        let left = Mutex(answers)
        try await ScriptedServer.run { header, _ in
            guard header.apiKey == .fetch else { return .well }
            return left.withLock { $0.isEmpty ? .mute : $0.removeFirst() }
        } _: { _, client in
            let standard = ["auto.offset.reset": "earliest"]
            let consumer = Consumer(
                client: client,
                configuration: try ConsumerConfiguration(properties: standard.merging(properties) { $1 }),
                assignment: .partitions([partition]),
                onBatch: { batch throws(WireError) in
                    var cursor = batch.makeCursor()
                    while let record = try cursor.nextFields() {
                        let offset = batch.baseOffset + Int64(record.offsetDelta)
                        told.withLock { $0.records.append(offset) }
                    }
                },
                onPosition: { _, offset in told.withLock { $0.positions.append(offset) } })
            _ = try await consumer.start()
            while told.withLock({ $0.positions.count }) < positionCount { await Task.yield() }
            await consumer.stop()
        }
        return told.withLock { $0 }
    }

    private func marker(at offset: Int64) throws -> [UInt8] {
        // Transactional, and a control batch.
        try StoredBatch(recordCount: 1, baseOffset: offset).patched(at: 21, [0, 0x30]).bytes
    }

    @Test(.timeLimit(.minutes(1))) func aMarkerAtTheEndBringsThePositionBehindIt() async throws {
        let told = try await read(
            [.records(try StoredBatch(recordCount: 3).bytes + marker(at: 3)), .records(try marker(at: 4))],
            positionCount: 2)
        #expect(told.records == [0, 1, 2] && told.positions == [4, 5])
    }

    @Test(.timeLimit(.minutes(1))) func anAnswerWithoutRecordsSaysThatThePositionIsInRange() async throws {
        let told = try await read([.records([])], positionCount: 1)
        #expect(told.records == [] && told.positions == [0])
    }

    @Test(.timeLimit(.minutes(1))) func whatIsOutOfRangeHasNoPositionYet() async throws {
        let told = try await read([.refused(.offsetOutOfRange), .records(try StoredBatch().bytes)], positionCount: 1)
        #expect(told.records == [0, 1, 2] && told.positions == [3])
    }

    @Test func withoutAResetNothingIsAskedThatNoAnswerCouldHelp() async throws {
        try await ScriptedServer.run { _, _ in
            .well
        } _: { server, client in
            let consumer = Consumer(
                client: client, configuration: try ConsumerConfiguration(properties: ["auto.offset.reset": "none"]),
                assignment: .partitions([partition]))
            let error = await #expect(throws: ClientError.self) { try await consumer.start() }
            #expect(error?.code == .noOffset && error?.topicPartition == partition)
            #expect(error?.description.contains("NoOffsetForPartitionException") == true)
            #expect(server.count(.listOffsets) == 0 && server.count(.fetch) == 0)
        }
    }
}
