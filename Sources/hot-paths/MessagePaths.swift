import Bytes
import CHotPaths
import KafkaProtocol

extension HotPath {
    /// Messages with one partition, in the versions that the client speaks with any broker since
    /// Kafka 2.4.
    static let messages = [
        HotPath("message/ProduceRequest/encode", .request, 1, batchCount: 100) { _ in ProduceRequestCourse() },
        HotPath("message/ProduceResponse/parse", .response, 1, batchCount: 100) { _ in
            try ResponseCourse(produceResponse, version: 7)
        },
        HotPath("message/FetchResponse/parse", .response, 1, batchCount: 100) { _ in
            try ResponseCourse(fetchResponse, version: 11)
        },
    ]

    private static let produceResponse: ProduceResponse = {
        var partition = ProduceResponse.PartitionProduceResponse()
        partition.index = 3
        partition.baseOffset = 1_234_567
        partition.logStartOffset = 0
        var topic = ProduceResponse.TopicProduceResponse()
        topic.name = "measurements"
        topic.partitionResponses = [partition]
        var response = ProduceResponse()
        response.responses = [topic]
        return response
    }()

    private static let fetchResponse: FetchResponse = {
        var partition = FetchResponse.PartitionData()
        partition.partitionIndex = 3
        partition.highWatermark = 1_234_567
        partition.lastStableOffset = 1_234_567
        partition.logStartOffset = 0
        partition.abortedTransactions = nil
        partition.records = RecordsField(byteCount: 0)
        var topic = FetchResponse.FetchableTopicResponse()
        topic.topic = "measurements"
        topic.partitions = [partition]
        var response = FetchResponse()
        response.responses = [topic]
        return response
    }()
}

/// Makes and writes the request for one batch.
private final class ProduceRequestCourse: CallCourse {
    private let head = ByteBuffer(capacity: 512)
    private let topic = "measurements"

    override func batch() throws {
        var partition = ProduceRequest.PartitionProduceData()
        partition.index = 3
        partition.records = RecordsField(byteCount: 16_384)
        var data = ProduceRequest.TopicProduceData()
        data.name = topic
        data.partitionData = [partition]
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = 30_000
        request.topicData = [data]
        head.removeAll()
        let splices = try encodeRequest(request, version: 7, correlationId: 42, clientId: "weir", into: head)
        hot_paths_keep(UInt64(splices.count))
    }
}

/// Reads a response behind its header.
private final class ResponseCourse<Response: KafkaMessage>: CallCourse {
    private let frame = ByteBuffer(capacity: 1024)
    private let version: Int16

    init(_ response: Response, version: Int16) throws {
        self.version = version
        _ = try encodeResponse(response, version: version, correlationId: 42, into: frame)
    }

    override func batch() throws {
        let frame = frame
        // Received frames come without their length.
        var reader = WireReader(frame.bytes.extracting(4...))
        _ = try ResponseHeader(parsing: &reader, api: Response.api, version: version)
        let response = try Response(parsing: &reader, version: version)
        withExtendedLifetime(response) {}
    }
}
