import Foundation

/// A record as the scripts take and give it.
struct InteropRecord: Codable, Hashable {
    var partition: Int
    var offset: Int?
    var key: String?
    var value: String
    var headers: [[String?]] = []

    /// Records for both partitions, with and without keys, long enough together that every codec
    /// makes them smaller.
    static func series(_ name: String, count: Int, hasHeaders: Bool) -> [InteropRecord] {
        (0..<count).map { index in
            InteropRecord(
                partition: index % 2, key: index % 5 == 0 ? nil : "key-\(index)",
                value: "\(name)-\(index)-" + String(repeating: "snow 雪 ", count: 12),
                headers: hasHeaders ? [["trace", "\(index)"], ["empty", ""]] : [])
        }
    }

    /// The records of one partition, without their offsets.
    static func contents(of records: [InteropRecord], partition: Int) -> [InteropRecord] {
        records.filter { $0.partition == partition }.map {
            var record = $0
            record.offset = nil
            return record
        }
    }
}

/// What a client is told to do.
enum InteropCommand {
    case produce(topic: String, codec: String, records: [InteropRecord], isIdempotent: Bool = false)
    case consume(topic: String, count: Int, group: String? = nil)
    case create(topic: String, partitionCount: Int)
    case trim(topic: String, partition: Int, offset: Int)
    case delete(topic: String)
    case groups
    case deleteGroup(String)
    case deleteOffsets(group: String, topic: String, partition: Int)
    /// Asks for transactions for at most so long.
    case transact(id: String, seconds: Int)

    /// The line that a script reads.
    func line() throws -> String {
        struct Line: Encodable {
            var `do`: String
            var topic: String?
            var codec: String?
            var records: [InteropRecord]?
            var idempotent: Bool?
            var count: Int?
            var group: String?
            var partitions: Int?
            var partition: Int?
            var offset: Int?
            var id: String?
            var seconds: Int?
        }
        let line =
            switch self {
            case .produce(let topic, let codec, let records, let isIdempotent):
                Line(
                    do: "produce", topic: topic, codec: codec, records: records,
                    idempotent: isIdempotent ? true : nil)
            case .consume(let topic, let count, let group):
                Line(do: "consume", topic: topic, count: count, group: group)
            case .create(let topic, let partitionCount):
                Line(do: "create", topic: topic, partitions: partitionCount)
            case .trim(let topic, let partition, let offset):
                Line(do: "trim", topic: topic, partition: partition, offset: offset)
            case .delete(let topic):
                Line(do: "delete", topic: topic)
            case .groups: Line(do: "groups")
            case .deleteGroup(let group): Line(do: "deleteGroup", group: group)
            case .deleteOffsets(let group, let topic, let partition):
                Line(do: "deleteOffsets", topic: topic, group: group, partition: partition)
            case .transact(let id, let seconds): Line(do: "transact", id: id, seconds: seconds)
            }
        return String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
    }
}

/// What a client answers.
struct InteropAnswer: Codable {
    var records: [InteropRecord]?
    var committed: [String: Int]?
    var lowWatermark: Int?
    /// States by group.
    var groups: [String: String]?
    var error: Int?
    var refusal: String?
}

/// A batch as it is stored.
struct StoredBatch: Codable {
    var topic: String
    var partition: Int
    var baseOffset: Int
    var lastOffset: Int
    var magic: Int
    var codec: String
    var count: Int

    /// The batches of two partitions of each topic, read by a script that is no client.
    static func all(_ broker: any InteropBroker, topics: [String]) async throws -> [StoredBatch] {
        let script = Build.package + "/Tests/InteropTests/Python/batches.py"
        let output = try await ChildProcess(
            executable: "/usr/bin/env", arguments: ["python3", script, broker.bootstrap] + topics
        ).run()
        return try output.split(separator: "\n").map { try JSONDecoder().decode(Self.self, from: Data($0.utf8)) }
    }
}
