import KafkaClient
import KafkaProtocol
import Networking
import Results
import Scenario
import System

/// Fills a topic before measuring, evenly over its partitions, and makes sure that everything is
/// there.
actor Preload {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let topic: String
    private let spec: PreloadSpec
    private let values: RecordValues
    private let loss: TargetLoss
    private var book = DeliveryBook()

    /// The records handed to one partition before the next has its turn.
    private static let handOverCount = 1_000

    /// When the preload began, from which timestamps are counted back.
    private var beganMs: Int64 = 0

    init(_ spec: PreloadSpec, topic: String, seed: UInt64, target: TargetSession, loss: TargetLoss) {
        self.spec = spec
        self.topic = topic
        loop = target.loop
        self.loss = loss
        // Filling is not measured, so it may draw from more values than the cache holds.
        values = RecordValues(
            byteCount: spec.value.byteCount, random: spec.value.randomShare, seed: seed, isCompressed: true)
    }

    /// Throws where the preload would not fit, before anything is written.
    static func check(_ spec: PreloadSpec, topic: String, target: TargetSession) throws(EngineError) {
        let byteCount = spec.recordCount * (spec.value.byteCount + ProducePlan.recordOverheadByteCount)
        let limit = target.writeLimit(codec: .unknown)
        guard byteCount > limit.byteCount else { return }
        throw EngineError(
            "the preload of \(topic) may take \(byteCount) bytes, and \(limit.words); or preload less")
    }

    /// Writes everything and counts what the partitions then hold.
    func run(controlClient: ControlClient, interruption: Interruption) async throws {
        try await write(controlClient.client, interruption)
        if let error = loss.error { throw error }
        if interruption.isRequested { throw EngineError("interrupted while filling \(topic)", code: .interrupted) }
        guard book.acknowledgedCount == spec.recordCount else {
            throw EngineError(
                "preload of \(topic): \(book.acknowledgedCount) of \(spec.recordCount) records were acknowledged"
                    + (book.errors.first.map { " (\($0.text))" } ?? ""), code: book.errors.first?.code ?? .failed)
        }
        let stored = try await controlClient.settledOffsets(of: topic).map { Int($0.end - $0.start) }.reduce(0, +)
        guard stored == spec.recordCount else {
            throw EngineError("preload of \(topic): \(spec.recordCount) records acknowledged, \(stored) stored")
        }
    }

    private func write(_ client: Client, _ interruption: Interruption) async throws {
        let configuration = try ProducerConfiguration(properties: spec.properties)
        let producer = Producer(client: client, configuration: configuration) { delivery in
            self.assumeIsolated { _ = $0.book.enter(delivery, beginNs: 0) }
        }
        // The producer is closed and not its client: that is the control client, which others use.
        let watch = loss.watch { [loop] _ in
            Task(executorPreference: loop) { _ = await producer.close(timeoutMs: 0) }
        }
        defer { loss.unwatch(watch) }
        do {
            try await handOver(producer, interruption)
        } catch {
            // The client outlives this, and would keep a producer that is not closed.
            _ = await producer.close(timeoutMs: 0)
            throw error
        }
        await producer.flush()
        _ = await producer.close(timeoutMs: 60_000)
    }

    private func handOver(_ producer: Producer, _ interruption: Interruption) async throws {
        try await producer.start(topics: [topic])
        let handles = try await producer.partitions(of: topic)
        let (share, more) = spec.recordCount.quotientAndRemainder(dividingBy: handles.count)
        let shares = handles.indices.map { share + ($0 < more ? 1 : 0) }
        var left = shares
        beganMs = WallClock.nowMs()
        while left.contains(where: { $0 > 0 }), book.errors.isEmpty, !interruption.isRequested {
            var hasRoom = true
            for index in handles.indices where left[index] > 0 && hasRoom {
                let wanted = min(left[index], Self.handOverCount)
                let taken = try enqueue(
                    wanted, producer, handles[index], after: shares[index] - left[index], of: shares[index])
                left[index] -= taken
                hasRoom = taken == wanted
            }
            if !hasRoom { await producer.waitForRoom() }
        }
    }

    private func enqueue(
        _ count: Int, _ producer: Producer, _ handle: PartitionHandle, after first: Int, of all: Int
    ) throws -> Int {
        guard spec.spanNs > 0 else { return try enqueue(count, producer, handle, timestampMs: WallClock.nowMs()) }
        // Each record has a time of its own.
        for number in 0..<count {
            let age = Double(spec.spanNs) / 1e6 * Double(all - 1 - first - number) / Double(all)
            let taken = try enqueue(1, producer, handle, timestampMs: beganMs - Int64(age))
            if taken == 0 { return number }
        }
        return count
    }

    private func enqueue(
        _ count: Int, _ producer: Producer, _ handle: PartitionHandle, timestampMs: Int64
    ) throws -> Int {
        let values = values
        let taken = try producer.enqueue(
            handle, values: unsafe values.arena.span.bytes, valueByteCount: values.byteCount,
            firstValue: book.attemptedCount, count: count, timestampMs: timestampMs)
        book.attemptedCount += taken
        return taken
    }
}
