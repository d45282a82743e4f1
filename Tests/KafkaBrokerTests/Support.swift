import Bytes
import Glibc
import KafkaCompression
import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaBroker

/// A folder that is removed with all it holds when `body` ends.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = try makeFolder()
    defer { removeTree(path) }
    return try body(path)
}

func makeFolder() throws -> String {
    var template = Array("/tmp/weir-broker-test-XXXXXX".utf8CString)
    let path = try #require(mkdtemp(&template))
    return String(cString: path)
}

func removeTree(_ path: String) {
    guard let directory = opendir(path) else {
        unlink(path)
        return
    }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard name != ".", name != ".." else { continue }
        let isDirectory = entry.pointee.d_type == UInt8(DT_DIR)
        if isDirectory { removeTree("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The content of a file.
func content(of path: String) throws -> [UInt8] {
    let file = try DataFile(path: path, create: false)
    let buffer = ByteBuffer(capacity: 0)
    try file.read(file.byteCount(), at: 0, into: buffer)
    return buffer.array
}

extension ByteBuffer {
    convenience init(_ bytes: [UInt8]) {
        self.init(capacity: bytes.count)
        append(bytes.span.bytes)
    }

    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// A v2 batch as a producer would send it.
struct TestBatch {
    var values: [String] = ["a"]
    var timestamps: [Int64] = []
    var codec = CompressionType.none
    var producerId: Int64 = -1
    var epoch: Int16 = -1
    var sequence: Int32 = -1

    var bytes: [UInt8] {
        get throws {
            let buffer = ByteBuffer(capacity: 1024)
            var builder = RecordBatchBuilder(buffer: buffer)
            for (index, value) in values.enumerated() {
                let timestamp = index < timestamps.count ? timestamps[index] : 1000 + Int64(index)
                builder.append(key: nil, value: Array(value.utf8).span.bytes, timestampMs: timestamp)
            }
            let fields = RecordBatchFields(producerId: producerId, producerEpoch: epoch, baseSequence: sequence)
            guard codec != .none else {
                _ = builder.finish(fields)
                return buffer.array
            }
            let output = ByteBuffer(capacity: 1024)
            let compressor = try Compressor(type: codec)
            _ = try builder.finish(fields, compressionId: codec.rawValue, into: output) {
                (records, output) throws(CompressionError) in try compressor.compress(records, into: output)
            }
            return output.array
        }
    }
}

/// What is read back of a log: every record's offset and value.
struct ReadRecord: Equatable, CustomStringConvertible {
    var offset: Int64
    var value: String
    var description: String { "\(offset):\(value)" }
}

/// The records of v2 batches, checksums verified; what is cut off at the end is left out.
func records(_ batches: [UInt8]) throws -> [ReadRecord] {
    var found: [ReadRecord] = []
    let decompressor = Decompressor(byteCountMax: 16 << 20)
    var scanner = BatchScanner(batches.span.bytes)
    while let entry = try scanner.next() {
        let batch = try entry.makeBatch()
        try batch.verifyChecksum()
        let codec = CompressionType(rawValue: batch.header.attributes.compressionId) ?? .none
        let plain = ByteBuffer(capacity: 0)
        try decompressor.decompress(batch.recordsBytes, type: codec, into: plain)
        var cursor = RecordCursor(records: plain.bytes, header: batch.header)
        while let record = try cursor.next() {
            var value = "nil"
            if let bytes = record.value { value = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
            found.append(ReadRecord(offset: batch.header.offset(record), value: value))
        }
    }
    return found
}

/// Returns once `isMet` says so; throws when the test's time is over.
func until(_ isMet: () async -> Bool) async throws {
    while !(await isMet()) {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// Lines said to `log`, from any thread.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
