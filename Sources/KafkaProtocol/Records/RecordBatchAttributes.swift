/// Where a record's timestamp comes from.
public enum TimestampType: UInt8, Hashable, Sendable {
    /// The producer set it.
    case createTime = 0
    /// The broker set it, one for the whole batch.
    case logAppendTime = 1
}

/// The attribute bits of a record batch; the low byte is that of a v0 or v1 message.
public struct RecordBatchAttributes: RawRepresentable, Hashable, Sendable {
    /// The bits as they lie in the header.
    public var rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// The attributes of a batch with the given codec (0 is none) and properties.
    public init(
        compressionId: UInt8 = 0, timestampType: TimestampType = .createTime, isTransactional: Bool = false,
        isControl: Bool = false
    ) {
        rawValue =
            Int16(compressionId & 7) | Int16(timestampType.rawValue) << 3 | (isTransactional ? 0x10 : 0)
            | (isControl ? 0x20 : 0)
    }

    /// The codec's number, 0–7, of which Kafka gives a meaning to 0–4.
    public var compressionId: UInt8 { UInt8(truncatingIfNeeded: rawValue & 7) }

    /// Where the timestamps come from.
    public var timestampType: TimestampType { rawValue & 8 == 0 ? .createTime : .logAppendTime }

    /// Whether the batch belongs to a transaction.
    public var isTransactional: Bool { rawValue & 0x10 != 0 }

    /// Whether the batch holds a control record, which applications must not see.
    public var isControl: Bool { rawValue & 0x20 != 0 }
}
