import Bytes
import Foundation
import KafkaCompression
import KafkaProtocol
import System
import Testing

/// What Kafka's own classes make of our batches and message sets.
@Suite(.timeLimit(.minutes(10))) struct RecordInteropTests {
    static let kafkaHome = ProcessInfo.processInfo.environment["KAFKA_HOME"]

    @Test(.enabled(if: kafkaHome != nil, "KAFKA_HOME is not set, so Kafka's own classes do not read our batches"))
    func kafkaReadsWhatWeWrite() throws {
        let fields = try Self.ours()
        let answers = try Self.readByKafka(fields.map(\.bytes), home: #require(Self.kafkaHome))
        #expect(answers.count == fields.count)
        for (field, answer) in zip(fields, answers) {
            guard answer.hasPrefix("[") else {
                Issue.record("\(field.name): \(answer)")
                continue
            }
            let content = try JSONDecoder().decode([BatchContent].self, from: Data(answer.utf8))
            #expect(content.flatMap(\.records) == field.records, "\(field.name)")
            // Beyond the records: codec, offsets, timestamps, producer and flags as we read them
            // ourselves.
            #expect(try content == readContent(field.bytes), "\(field.name)")
        }
    }

    struct Field {
        let name: String
        let bytes: [UInt8]
        let records: [RecordContent]
    }

    /// Every codec and magic, of one record and of many blocks.
    static func ours() throws -> [Field] {
        var random = SplitMix64(seed: 11)
        var fields: [Field] = []
        for type in CompressionType.allCases {
            for count in [1, 1000] {
                let records = random.records(count)
                let plain = try RecordBatchBuilder.batch(records, type: type)
                fields.append(Field(name: "v2 \(type) \(count)", bytes: plain, records: records))
                for magic in [Int8(0), 1] where type != .zstd {
                    fields.append(try old(plain, records, magic: magic, name: "v\(magic) \(type) \(count)"))
                }
            }
            var fromAt = RecordBatchFields(
                producerId: 1 << 33, producerEpoch: 4, baseSequence: .max, isTransactional: true)
            fromAt.baseOffset = 1 << 35
            fromAt.partitionLeaderEpoch = 6
            let records = random.records(20).map { record in
                var record = record
                record.offset += 1 << 35
                return record
            }
            let batch = try RecordBatchBuilder.batch(records, fromAt, type: type)
            fields.append(Field(name: "v2 \(type) transactional", bytes: batch, records: records))
        }
        fields.append(try logAppendTime(&random))
        return fields
    }

    private static func old(_ batch: [UInt8], _ records: [RecordContent], magic: Int8, name: String) throws -> Field {
        let output = ByteBuffer(capacity: 0)
        try TestCodec.converter().down(batch.span.bytes, toMagic: magic, from: 0, into: output)
        let kept = records.map { record in
            var record = record
            record.headers = []
            if magic == 0 { record.timestamp = -1 }
            return record
        }
        return Field(name: name, bytes: output.array, records: kept)
    }

    private static func logAppendTime(_ random: inout SplitMix64) throws -> Field {
        let records = random.records(5)
        let buffer = ByteBuffer(try RecordBatchBuilder.batch(records, type: .gzip))
        RecordBatchPatch.setLogAppendTime(4567, in: buffer, at: 0, byteCount: buffer.count)
        RecordBatchPatch.assign(baseOffset: 70, partitionLeaderEpoch: 2, in: buffer, at: 0)
        let stamped = records.map { record in
            var record = record
            record.timestamp = 4567
            record.offset += 70
            return record
        }
        return Field(name: "v2 log-append time", bytes: buffer.array, records: stamped)
    }

    /// What `ReadBatches.java` says of each field, a line each.
    private static func readByKafka(_ fields: [[UInt8]], home: String) throws -> [String] {
        let program = try #require(
            Bundle.module.url(forResource: "ReadBatches", withExtension: "java", subdirectory: "Fixtures"))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("fields.hex")
        try fields.map { $0.hex + "\n" }.joined().write(to: input, atomically: false, encoding: .utf8)
        let java = Process()
        java.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        java.arguments = ["java", "-Xmx256m", "-cp", home + "/libs/*", program.path]
        java.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        java.standardOutput = output
        try java.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        java.waitUntilExit()
        #expect(java.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
