public import KafkaProtocol

/// Why a call to the cluster failed, and where.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Sendable, Equatable {
        /// The network: name look-up, connect, read or write, as the text says.
        case network(String)
        /// No port of this machine is left for a connection.
        case noLocalPort
        /// No answer to one request within `request.timeout.ms`.
        case timedOut(afterMs: Int)
        /// A call was not done within its time, over all its attempts; the option says how long
        /// that is, if one does.
        case callTimedOut(afterMs: Int, option: String?)
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
        /// A batch of so many bytes with but one record, which the broker refused as too large.
        case batchTooLarge(byteCount: Int)
        /// No room in `buffer.memory` within `max.block.ms`.
        case bufferFull(afterMs: Int)
        /// No offset to start at, and `auto.offset.reset` is none.
        case noOffset
        /// A member of a group was not polled within `max.poll.interval.ms`.
        case notPolled(afterMs: Int)
        /// An argument that cannot be.
        case invalidArgument(String)
        /// The client, producer or consumer was closed.
        case closed
        /// The task was cancelled.
        case cancelled
    }

    /// What went wrong.
    public var code: Code { box.details.code }
    /// The broker's address, where one was spoken to.
    public var broker: String? {
        get { box.details.broker }
        set { change { $0.broker = newValue } }
    }
    /// The API that was called.
    public var api: ApiKey? {
        get { box.details.api }
        set { change { $0.api = newValue } }
    }
    /// The topic and partition concerned.
    public var topicPartition: TopicPartition? {
        get { box.details.topicPartition }
        set { change { $0.topicPartition = newValue } }
    }
    /// The consumer group concerned.
    public var group: String? {
        get { box.details.group }
        set { change { $0.group = newValue } }
    }
    /// The offset at which a bad batch lies.
    public var offset: Int64? {
        get { box.details.offset }
        set { change { $0.offset = newValue } }
    }
    /// How often it was tried, or went wrong in a row.
    public var attemptCount: Int {
        get { box.details.attemptCount }
        set { change { $0.attemptCount = newValue } }
    }
    /// What such a failure usually comes from, and what to do.
    public var hint: String? {
        get { box.details.hint }
        set { change { $0.hint = newValue } }
    }
    /// What went wrong before, and so what a time-out comes from.
    public var cause: ClientError? {
        get { box.details.cause }
        set {
            var newValue = newValue
            // What a cause came from is told as well, but no more.
            if newValue?.cause?.cause != nil { newValue?.cause?.cause = nil }
            change { $0.cause = newValue }
        }
    }

    private struct Details {
        let code: Code
        var broker: String?
        var api: ApiKey?
        var topicPartition: TopicPartition?
        var group: String?
        var offset: Int64?
        var attemptCount = 1
        var hint: String?
        var cause: ClientError?
    }

    /// An error is one reference: results that carry one are copied with each batch that succeeds.
    private final class Box: Sendable {
        let details: Details

        init(_ details: Details) { self.details = details }
    }

    private var box: Box

    private mutating func change(_ body: (inout Details) -> Void) {
        var details = box.details
        body(&details)
        box = Box(details)
    }

    /// An error, as precisely placed as is known.
    public init(
        _ code: Code, broker: String? = nil, api: ApiKey? = nil, topicPartition: TopicPartition? = nil,
        offset: Int64? = nil
    ) {
        let hint = code == .broker(.illegalSaslState) ? "the listener wants SASL: \(Self.plainHint)" : nil
        box = Box(
            Details(
                code: code, broker: broker, api: api, topicPartition: topicPartition, offset: offset, hint: hint))
    }

    /// Whether the client asks again by itself: the network, one request's time-out, or what Kafka
    /// calls retriable; not a delivery that timed out, which it did for long enough.
    public var isRetriable: Bool {
        switch code {
        case .network, .noLocalPort, .timedOut, .callTimedOut, .connectionClosed: true
        case .broker(let error): error.isRetriable
        default: false
        }
    }

    /// What went wrong and where, in one line.
    public var description: String { text(withCounts: true) }

    /// The same without how often it was tried, so that what is the same has the same words.
    public var kind: String { text(withCounts: false) }

    private func text(withCounts: Bool) -> String {
        var text = words
        if let api { text = "\(api.name): \(text)" }
        if let group, !text.contains("group \(group)") { text += ", group \(group)" }
        if let topicPartition { text += ", \(topicPartition)" }
        if let offset { text += ", at offset \(offset)" }
        if let broker, !text.contains(broker) { text += ", broker \(broker)" }
        if withCounts, attemptCount > 1 { text += ", tried \(attemptCount) times" }
        if let cause { text += "; the last error: \(cause.text(withCounts: withCounts))" }
        if let hint, !isSaid(hint) { text += "; \(hint)" }
        return text
    }

    /// Whether what went wrong before says the same already, other figures aside.
    private func isSaid(_ hint: String) -> Bool {
        guard let cause else { return false }
        return cause.hint.map { $0.filter { !$0.isNumber } == hint.filter { !$0.isNumber } } == true
            || cause.isSaid(hint)
    }

    /// The same, with the broker that it concerns where none is named yet.
    func at(_ broker: String?) -> ClientError {
        guard self.broker == nil, let broker else { return self }
        var placed = self
        placed.broker = broker
        return placed
    }

    private var words: String {
        switch code {
        case .network(let text), .malformedResponse(let text), .invalidFrame(let text), .corruptBatch(let text),
            .undecompressable(let text), .invalidArgument(let text):
            text
        case .noLocalPort: "this machine has no local port left for a connection there"
        case .timedOut(let ms): "no answer within \(ms) ms (request.timeout.ms)"
        case .callTimedOut(let ms, let option):
            (cause == nil ? "no answer" : "not done") + " within \(ms) ms" + (option.map { " (\($0))" } ?? "")
        case .connectionClosed: "the broker closed the connection"
        case .wrongCorrelationId(let expected, let received):
            "an answer with correlation id \(received) where \(expected) was due"
        case .unexpectedResponse(let id): "an answer with correlation id \(id) to no request"
        case .unsupportedVersion(let broker, let client):
            "the broker serves versions \(broker.map { "\($0)" } ?? "none"), this client speaks \(client)"
        case .broker(let error): "\(error.name): \(error.message)"
        case .deliveryTimedOut(let ms): "not acknowledged within \(ms) ms (delivery.timeout.ms)"
        case .recordTooLarge(let byteCount, let max): "a record of \(byteCount) bytes where \(max) are allowed"
        case .batchTooLarge(let byteCount):
            "MESSAGE_TOO_LARGE: a record takes \(byteCount) bytes as a batch of its own, more than the topic's max.message.bytes (or the broker's message.max.bytes) allows"
        case .bufferFull(let ms): "no room in buffer.memory within \(ms) ms (max.block.ms)"
        case .noOffset: "NoOffsetForPartitionException: no commit to start at, and auto.offset.reset is none"
        case .notPolled(let ms): "not polled within \(ms) ms (max.poll.interval.ms), so it left its group"
        case .closed: "closed"
        case .cancelled: "cancelled"
        }
    }
}
