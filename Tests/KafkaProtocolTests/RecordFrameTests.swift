import Bytes
import KafkaProtocol
import Testing

/// The records in the frames that real clients and brokers sent each other.
@Suite struct RecordFrameTests {
    struct Frame: CustomTestStringConvertible, Sendable {
        let version: Int16
        let peer: String
        let bytes: [UInt8]

        var testDescription: String { "v\(version) \(peer)" }

        static func all(key: String, direction: String) -> [Frame] {
            fixtureLines("frames").filter { $0[0] == key && $0[2] == direction }.map {
                Frame(version: Int16($0[1]) ?? -1, peer: $0[3], bytes: [UInt8](hex: $0[5]))
            }
        }
    }

    static let produced = Frame.all(key: "0", direction: "request")
    static let fetched = Frame.all(key: "1", direction: "response")

    @Test func bothKindsAreHere() {
        #expect(Self.produced.count > 60)
        #expect(Self.fetched.count > 50)
    }

    private func producedRecords(_ frame: Frame) throws -> [Range<Int>] {
        var reader = WireReader(frame.bytes.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        let request = try ProduceRequest(parsing: &reader, version: header.apiVersion)
        return request.topicData.flatMap { $0.partitionData.compactMap { $0.records?.byteRange } }
    }

    @Test(arguments: produced)
    func whatAnyClientProducesCanBeAppended(frame: Frame) throws {
        for range in try producedRecords(frame) {
            let field = frame.bytes.span.bytes.extracting(range)
            let content = try readContent(field)
            #expect(!content.flatMap(\.records).isEmpty)
            if content[0].magic == 2 {
                #expect(content.count == 1)
                try RecordBatchView(field).validateForAppend()
            } else {
                try expectUpConversion(field, content)
            }
        }
    }

    /// All records come out, in order, numbered from 0.
    private func expectUpConversion(_ field: RawSpan, _ content: [BatchContent]) throws {
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: 0))
        _ = try TestCodec.converter().up(field, to: &builder)
        _ = builder.finish()
        let batch = try #require(try readContent(builder.buffer.bytes).first)
        #expect(batch.records.map(\.offset) == Array(0..<Int64(batch.records.count)))
        #expect(batch.records.map(\.unnumbered) == content.flatMap(\.records).map(\.unnumbered))
    }

    @Test(arguments: fetched)
    func whatAnyBrokerSendsIsRead(frame: Frame) throws {
        var reader = WireReader(frame.bytes.span.bytes)
        _ = try ResponseHeader(parsing: &reader, api: FetchResponse.api, version: frame.version)
        let response = try FetchResponse(parsing: &reader, version: frame.version)
        for partition in response.responses.flatMap(\.partitions) {
            guard let range = partition.records?.byteRange, !range.isEmpty else { continue }
            // Kafka pads a down-converted set with the front of a message that never ends.
            let content = try readContent(frame.bytes.span.bytes.extracting(range), isWhole: frame.version > 3)
            let offsets = content.flatMap(\.records).map(\.offset)
            #expect(!offsets.isEmpty)
            #expect(offsets == offsets.sorted())
            #expect(offsets.last == content.last?.lastOffset)
        }
    }
}

extension RecordContent {
    /// The record wherever it stands.
    var unnumbered: RecordContent {
        var record = self
        record.offset = 0
        return record
    }
}
