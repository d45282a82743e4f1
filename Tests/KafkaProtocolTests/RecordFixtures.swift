import Bytes
import Foundation
import KafkaCompression
import KafkaProtocol
import Testing

/// A batch or message as Kafka's own classes read it.
struct BatchContent: Decodable, Equatable {
    var magic: Int8
    var compression: String
    var timestampType: String
    var baseOffset: Int64?
    var lastOffset: Int64
    var maxTimestamp: Int64
    var leaderEpoch: Int32
    var producerId: Int64
    var producerEpoch: Int16
    var baseSequence: Int32
    var transactional: Bool
    var control: Bool
    var records: [RecordContent]
}

/// A record as Kafka's own classes read it; bytes in hexadecimal.
struct RecordContent: Decodable, Equatable {
    var offset: Int64
    var timestamp: Int64
    var key: String?
    var value: String?
    /// Pairs of key and value.
    var headers: [[String?]] = []
}

/// A line of `batches.tsv`.
struct BatchFixture: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let json: String

    var testDescription: String { name }

    func content() throws -> [BatchContent] {
        try JSONDecoder().decode([BatchContent].self, from: Data(json.utf8))
    }

    static let all: [BatchFixture] = fixtureLines("batches").map { columns in
        BatchFixture(name: columns[0], bytes: [UInt8](hex: columns[1]), json: columns[2])
    }

    static func named(_ name: String) throws -> BatchFixture {
        try #require(all.first { $0.name == name })
    }
}

/// The lines of a fixture but the first, in columns.
func fixtureLines(_ name: String) -> [[String]] {
    guard let url = Bundle.module.url(forResource: name, withExtension: "tsv", subdirectory: "Fixtures"),
        let text = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").dropFirst().map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
}

extension [UInt8] {
    init(hex: some StringProtocol) {
        var digits = hex.utf8.makeIterator()
        self = []
        while let high = digits.next(), let low = digits.next() { append(nibble(high) << 4 | nibble(low)) }
    }

    var text: String { String(decoding: self, as: UTF8.self) }

    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

private func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3a ? digit - 0x30 : digit - 0x57 }

extension RawSpan {
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension ByteBuffer {
    convenience init(_ content: [UInt8]) {
        self.init(capacity: content.count)
        append(content.span.bytes)
    }

    var array: [UInt8] { bytes.array }
}

typealias TestConverter = RecordConverter<CompressionError>

/// The codecs as the records' code takes them.
struct TestCodec {
    static func decompress(
        _ input: RawSpan, _ compressionId: UInt8, _ magic: Int8, _ output: ByteBuffer
    ) throws(CompressionError) {
        guard let type = CompressionType(rawValue: compressionId) else {
            throw CompressionError(.none, .corrupt("codec \(compressionId)"))
        }
        try Decompressor(byteCountMax: 1 << 20).decompress(input, type: type, into: output, magic: magic)
    }

    static func compress(
        _ input: RawSpan, _ compressionId: UInt8, _ magic: Int8, _ output: ByteBuffer
    ) throws(CompressionError) {
        try Compressor(type: CompressionType(rawValue: compressionId) ?? .none).compress(
            input, into: output, magic: magic)
    }

    static func converter(byteCountMax: Int = 1 << 20) -> TestConverter {
        TestConverter(byteCountMax: byteCountMax, decompress: decompress, compress: compress)
    }
}
