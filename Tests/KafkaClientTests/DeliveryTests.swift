import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// What an idempotent producer promises while connections break, leaders refuse and answers are
/// lost.
@Suite(.timeLimit(.minutes(5))) struct DeliveryTests {
    /// What the producer said of each record, by its number.
    final class Told: Sendable {
        let acknowledged = Mutex<[UInt64: Int64]>([:])
        let refused = Mutex<Set<UInt64>>([])
        let unknown = Mutex<Set<UInt64>>([])
        let total = Mutex(0)

        func take(_ delivery: BatchDelivery) {
            let numbers = (0..<UInt64(delivery.recordCount)).map { delivery.firstOrdinal + $0 }
            total.withLock { $0 += numbers.count }
            switch delivery.outcome {
            case .acknowledged, .sent:
                acknowledged.withLock { known in
                    for number in numbers {
                        known[number] = delivery.baseOffset + Int64(number - delivery.firstOrdinal)
                    }
                }
            case .refused: refused.withLock { $0.formUnion(numbers) }
            case .unknown: unknown.withLock { $0.formUnion(numbers) }
            }
        }
    }

    /// Produces numbered records against a faulty log, and returns what became of them.
    func produce(
        _ count: Int, _ faults: FaultyLog.Faults, seed: UInt64, _ properties: [String: String]
    ) async throws -> (log: [UInt64], told: Told) {
        let log = FaultyLog(faults, seed: seed)
        let told = Told()
        try await ScriptedServer.run { header, frame in
            log.reply(header, frame)
        } _: { _, client in
            let standard = ["batch.size": "150", "linger.ms": "0", "request.timeout.ms": "50"]
            let configuration = try ProducerConfiguration(properties: standard.merging(properties) { $1 })
            let producer = Producer(client: client, configuration: configuration) { told.take($0) }
            let partition = try await producer.partitions(of: "t")[0]
            try await Task(executorPreference: client.loop) {
                for number in 0..<UInt64(count) {
                    try await Self.enqueue(number, partition, producer, client.loop)
                }
            }.value
            await producer.flush()
            let report = await producer.close()
            #expect(report.refusedRecordCount == told.refused.withLock { $0.count })
            #expect(report.unknownRecordCount == told.unknown.withLock { $0.count })
        }
        return (log.numbers, told)
    }

    static func enqueue(
        _ number: UInt64, _ partition: PartitionHandle, _ producer: Producer, _ loop: EventLoop
    ) async throws {
        let value = withUnsafeBytes(of: number.bigEndian) { Array($0) }
        while try !producer.enqueue(partition, key: nil, value: value.span.bytes, timestampMs: 1) {
            await producer.waitForRoom()
        }
        // Now and then what was enqueued so far goes out.
        if number % 7 == 0 { try await loop.sleep(untilNs: EventLoop.nowNs() + 100_000) }
    }

    @Test(arguments: 1...8)
    func withTimeEverythingIsStoredOnceAndInOrder(_ seed: Int) async throws {
        let faults = FaultyLog.Faults(dropsBefore: 6, dropsAfter: 6, refuses: 8, timesOutAfter: 6, isMute: 1)
        let (log, told) = try await produce(600, faults, seed: UInt64(seed), [:])
        let isInOrder = log == Array(0..<600)
        #expect(isInOrder, "\(log.count) records, \(Set(log).count) different")
        let acknowledged = told.acknowledged.withLock { $0 }
        let wrong = (0..<600).filter { acknowledged[UInt64($0)] != Int64($0) }
        #expect(wrong == [])
    }

    @Test(arguments: 1...8)
    func withoutTimeEachOutcomeIsTheTruth(_ seed: Int) async throws {
        let faults = FaultyLog.Faults(dropsBefore: 15, dropsAfter: 15, refuses: 25, timesOutAfter: 10, isMute: 3)
        let properties = ["delivery.timeout.ms": "60", "request.timeout.ms": "30"]
        let (log, told) = try await produce(600, faults, seed: UInt64(seed), properties)
        #expect(told.total.withLock { $0 } == 600)
        #expect(log.count - Set(log).count == 0, "a record is doubled")
        let falls = zip(log, log.dropFirst()).filter { $0 > $1 }.count
        #expect(falls == 0, "records are out of order")
        let (stored, acknowledged) = (Set(log), Set(told.acknowledged.withLock { $0.keys }))
        let (refused, unknown) = (told.refused.withLock { $0 }, told.unknown.withLock { $0 })
        #expect(acknowledged.subtracting(stored) == [], "an acknowledged record is lost")
        #expect(refused.intersection(stored) == [], "a refused record is stored")
        #expect(stored.subtracting(acknowledged).subtracting(unknown) == [], "a stored record is told of wrongly")
    }
}
