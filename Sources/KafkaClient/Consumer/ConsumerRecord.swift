public import KafkaProtocol

/// A record copied out of the buffer it was received in.
public struct ConsumerRecord: Sendable, Equatable {
    /// The partition.
    public let topicPartition: TopicPartition
    /// The offset.
    public let offset: Int64
    /// Milliseconds since 1970: of the producer or, where the topic is set so, of the broker.
    public let timestampMs: Int64
    /// The key.
    public let key: [UInt8]?
    /// The value.
    public let value: [UInt8]?
    /// Names with values, in order.
    public let headers: [RecordHeader]
}
