public import KafkaProtocol

/// Why a call to the cluster failed, and where.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Sendable, Equatable {
        /// The network: name look-up, connect, read or write, as the text says.
        case network(String)
        /// No answer within the time.
        case timedOut(afterMs: Int)
        /// The broker closed the connection while an answer was awaited.
        case connectionClosed
        /// A frame that is longer than the bound, or of a length that cannot be.
        case invalidFrame(String)
        /// An answer to a request that was not the next.
        case wrongCorrelationId(expected: Int32, received: Int32)
        /// An answer to nothing.
        case unexpectedResponse(correlationId: Int32)
        /// An answer that is not what its schema says.
        case malformedResponse(String)
        /// The broker serves none of the versions that this client speaks.
        case unsupportedVersion(broker: ClosedRange<Int16>?, client: ClosedRange<Int16>)
        /// The broker answered with this error.
        case broker(ErrorCode)
        /// A record batch with a wrong checksum, or one that contradicts itself.
        case corruptBatch(String)
        /// A batch that does not decompress, or to more than the bound.
        case undecompressable(String)
        /// The records were not acknowledged within `delivery.timeout.ms`.
        case deliveryTimedOut(afterMs: Int)
        /// A record that is larger than `max.request.size` or `buffer.memory`.
        case recordTooLarge(byteCount: Int, max: Int)
        /// No room in `buffer.memory` within `max.block.ms`.
        case bufferFull(afterMs: Int)
        /// No offset to start at, and `auto.offset.reset` is none.
        case noOffset
        /// An argument that cannot be.
        case invalidArgument(String)
        /// The client, producer or consumer was closed.
        case closed
        /// The task was cancelled.
        case cancelled
    }

    /// What went wrong.
    public let code: Code
    /// The broker's address, where one was spoken to.
    public var broker: String?
    /// The API that was called.
    public var api: ApiKey?
    /// The topic and partition concerned.
    public var topicPartition: TopicPartition?
    /// The offset at which a bad batch lies.
    public var offset: Int64?

    /// An error, as precisely placed as is known.
    public init(
        _ code: Code, broker: String? = nil, api: ApiKey? = nil, topicPartition: TopicPartition? = nil,
        offset: Int64? = nil
    ) {
        self.code = code
        self.broker = broker
        self.api = api
        self.topicPartition = topicPartition
        self.offset = offset
    }

    /// Whether the client asks again by itself: the network, one request's time-out, or what Kafka calls retriable; not a delivery that timed out, which it did for long enough.
    public var isRetriable: Bool {
        switch code {
        case .network, .timedOut, .connectionClosed: true
        case .broker(let error): error.isRetriable
        default: false
        }
    }

    /// What went wrong and where, in one line.
    public var description: String {
        var text = words
        if let api { text = "\(api.name): \(text)" }
        if let topicPartition { text += ", \(topicPartition)" }
        if let offset { text += ", at offset \(offset)" }
        if let broker { text += ", broker \(broker)" }
        return text
    }

    private var words: String {
        switch code {
        case .network(let text), .malformedResponse(let text), .invalidFrame(let text), .corruptBatch(let text),
            .undecompressable(let text), .invalidArgument(let text):
            text
        case .timedOut(let ms): "no answer within \(ms) ms"
        case .connectionClosed: "the broker closed the connection"
        case .wrongCorrelationId(let expected, let received):
            "an answer with correlation id \(received) where \(expected) was due"
        case .unexpectedResponse(let id): "an answer with correlation id \(id) to no request"
        case .unsupportedVersion(let broker, let client):
            "the broker serves versions \(broker.map { "\($0)" } ?? "none"), this client speaks \(client)"
        case .broker(let error): "\(error.name): \(error.message)"
        case .deliveryTimedOut(let ms): "not acknowledged within \(ms) ms"
        case .recordTooLarge(let byteCount, let max): "a record of \(byteCount) bytes where \(max) are allowed"
        case .bufferFull(let ms): "no room in buffer.memory within \(ms) ms"
        case .noOffset: "NoOffsetForPartitionException: no commit to start at, and auto.offset.reset is none"
        case .closed: "closed"
        case .cancelled: "cancelled"
        }
    }
}
