// The last n messages of a topic: the newest over all its partitions, or all there are if they are
// fewer.

import Foundation
import KafkaClient
import Networking

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 3, let count = Int(arguments[2]), (1...1_000_000).contains(count) else {
    fail("usage: LastMessages HOST:PORT[,HOST:PORT…] TOPIC N    (N from 1 to 1000000)", status: 2)
}

do {
    let loop = try EventLoop(name: "client")
    let configuration = try ClientConfiguration(properties: ["bootstrap.servers": arguments[0]])
    let client = Client(configuration: configuration, loop: loop)

    let partitions = try await client.partitions(of: arguments[1])
    let admin = Admin(client: client)
    // A log starts where it was last trimmed, which need not be 0, and may end there too.
    let starts = try await admin.listOffsets(partitions, at: .earliest)
    let ends = try await admin.listOffsets(partitions, at: .latest)

    // All n may lie in one partition, so that each gives its last n; n/partitions of each would be
    // too few there.
    var tails: [TopicPartition: [ConsumerRecord]] = [:]
    var wanting = partitions
    var distance = Int64(count)
    while !wanting.isEmpty {
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for partition in wanting {
            guard let start = starts[partition], let end = ends[partition] else { continue }
            ranges[partition] = max(start, end - distance)..<end
        }
        let records = try await read(ranges, on: client)
        for partition in wanting { tails[partition] = records[partition] }
        // Not every offset has a record: some are transaction markers, some were compacted away.
        // Where too few came and there are earlier ones, go further back.
        wanting = wanting.filter { partition in
            guard let range = ranges[partition], let start = starts[partition] else { return false }
            return range.lowerBound > start && tails[partition, default: []].count < count
        }
        distance *= 2
    }

    let last = newest(count, of: tails)
    for record in last {
        let text = String(decoding: record.value ?? [], as: UTF8.self)
        print("\(record.topicPartition) \(record.offset): \(text)")
    }
    print("\(last.count) of the \(count) asked for")

    await client.close()
    await loop.stop()
} catch let error as ConfigurationError {
    fail("LastMessages: \(error)", status: 2)
} catch {
    fail("LastMessages: \(error)", status: 1)
}

/// The records of these ranges, each partition's in order.
func read(
    _ ranges: [TopicPartition: Range<Int64>], on client: Client
) async throws -> [TopicPartition: [ConsumerRecord]] {
    // No group: nothing is looked up or left behind. Where the log is trimmed meanwhile, go on at
    // its new start.
    var configuration = ConsumerConfiguration()
    configuration.offsetReset = .earliest
    let assignment = Consumer.Assignment.partitions(ranges.keys.sorted())
    let consumer = Consumer(client: client, configuration: configuration, assignment: assignment)
    for (partition, range) in ranges { try await consumer.seek(partition, to: range.lowerBound) }
    _ = try await consumer.start()
    var records: [TopicPartition: [ConsumerRecord]] = [:]
    // The positions say when the ends are reached, where a count of records might wait for ever.
    while await consumer.positions().contains(where: { $0.value < ranges[$0.key, default: 0..<0].upperBound }) {
        for record in try await consumer.poll(timeoutMs: 100) {
            // What was sent meanwhile came after the question.
            guard ranges[record.topicPartition, default: 0..<0].contains(record.offset) else { continue }
            records[record.topicPartition, default: []].append(record)
        }
    }
    await consumer.stop()
    return records
}

/// The newest records by their timestamps, oldest first; within a partition it is the offsets that
/// count.
func newest(_ count: Int, of tails: [TopicPartition: [ConsumerRecord]]) -> [ConsumerRecord] {
    var tails = tails
    var newest: [ConsumerRecord] = []
    while newest.count < count {
        let ends = tails.values.compactMap(\.last)
        guard let next = ends.max(by: { $0.timestampMs < $1.timestampMs }) else { break }
        tails[next.topicPartition]?.removeLast()
        newest.append(next)
    }
    return newest.reversed()
}

func fail(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(status)
}
