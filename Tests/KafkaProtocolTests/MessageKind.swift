import Bytes
import KafkaProtocol

/// The APIs, each with what a test does to its request or response without knowing the type.
enum MessageKind {
    static let requests: [any KafkaRequest.Type] = [
        ProduceRequest.self, FetchRequest.self, ListOffsetsRequest.self, MetadataRequest.self,
        OffsetCommitRequest.self, OffsetFetchRequest.self, FindCoordinatorRequest.self,
        JoinGroupRequest.self, HeartbeatRequest.self, LeaveGroupRequest.self, SyncGroupRequest.self,
        DescribeGroupsRequest.self, ListGroupsRequest.self, ApiVersionsRequest.self, CreateTopicsRequest.self,
        DeleteTopicsRequest.self, DeleteRecordsRequest.self, InitProducerIdRequest.self, DescribeConfigsRequest.self,
        CreatePartitionsRequest.self, DeleteGroupsRequest.self,
        OffsetDeleteRequest.self, ConsumerGroupHeartbeatRequest.self, ConsumerGroupDescribeRequest.self,
    ]

    /// Parses a frame; the result has what is left over and what it is encoded to again, without
    /// the length.
    static func roundTrip(_ fixture: FrameFixture) throws -> (leftOver: Int, encoded: [UInt8]) {
        guard let type = requests.first(where: { $0.apiKey == fixture.apiKey }) else {
            preconditionFailure("no type for \(fixture)")
        }
        return try fixture.isRequest ? request(type, fixture.bytes) : response(of: type, fixture)
    }

    private static func request<Request: KafkaRequest>(
        _ type: Request.Type, _ bytes: [UInt8]
    ) throws -> (leftOver: Int, encoded: [UInt8]) {
        var reader = WireReader(bytes.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        let message = try Request(parsing: &reader, version: header.apiVersion)
        let buffer = ByteBuffer(capacity: 16)
        let splices = try encodeRequest(
            message, version: header.apiVersion, correlationId: header.correlationId, clientId: header.clientId,
            into: buffer)
        return (reader.remaining, frame(buffer, splices, recordsRanges(of: message), in: bytes))
    }

    private static func response<Request: KafkaRequest>(
        of type: Request.Type, _ fixture: FrameFixture
    ) throws -> (leftOver: Int, encoded: [UInt8]) {
        var reader = WireReader(fixture.bytes.span.bytes)
        let header = try ResponseHeader(parsing: &reader, api: Request.api, version: fixture.version)
        let message = try Request.Response(parsing: &reader, version: fixture.version)
        let buffer = ByteBuffer(capacity: 16)
        let splices = try encodeResponse(
            message, version: fixture.version, correlationId: header.correlationId, into: buffer)
        return (reader.remaining, frame(buffer, splices, recordsRanges(of: message), in: fixture.bytes))
    }

    private static func recordsRanges(of message: some KafkaMessage) -> [Range<Int>] {
        let fields: [RecordsField?]
        switch message {
        case let produce as ProduceRequest: fields = produce.topicData.flatMap(\.partitionData).map(\.records)
        case let fetch as FetchResponse: fields = fetch.responses.flatMap(\.partitions).map(\.records)
        default: fields = []
        }
        return fields.compactMap { $0?.byteRange }
    }

    /// What a sender would write, without the length, which was checked.
    private static func frame(
        _ buffer: ByteBuffer, _ splices: [Splice], _ ranges: [Range<Int>], in source: [UInt8]
    ) -> [UInt8] {
        let head = buffer.withUnsafeBytes { Array($0) }
        var frame: [UInt8] = []
        var at = 0
        for (splice, range) in zip(splices, ranges) where splice.byteCount == range.count {
            frame += head[at..<splice.offset] + source[range]
            at = splice.offset
        }
        frame += head[at...]
        let length = frame.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return splices.count == ranges.count && length == frame.count - 4 ? Array(frame.dropFirst(4)) : []
    }
}

/// Parses a message without a header.
func parse<Message: KafkaMessage>(_ type: Message.Type, _ version: Int16, _ bytes: [UInt8]) throws(WireError) -> Message
{
    var reader = WireReader(bytes.span.bytes)
    return try Message(parsing: &reader, version: version)
}

/// Writes a message without a header or records.
func write(_ message: some KafkaMessage, _ version: Int16) throws(WireError) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 16)
    _ = try message.write(to: buffer, version: version)
    return buffer.withUnsafeBytes { Array($0) }
}
