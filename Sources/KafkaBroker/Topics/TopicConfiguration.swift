import KafkaProtocol

/// A topic's settings by Kafka's names; what cannot be honoured is refused instead of being
/// accepted and ignored.
struct TopicConfiguration: Equatable {
    /// Why an entry is refused.
    struct Refusal: Error, Equatable {
        var message: String
    }

    var segmentByteCount: Int
    var maxMessageByteCount: Int
    var timestampType = TimestampType.createTime
    /// What the creator set, by name.
    private(set) var entries: [String: String] = [:]

    /// The broker's own settings.
    init(segmentByteCount: Int, maxMessageByteCount: Int) {
        self.segmentByteCount = segmentByteCount
        self.maxMessageByteCount = maxMessageByteCount
    }

    /// Sets one entry.
    mutating func set(_ name: String, _ value: String?) throws(Refusal) {
        guard let value else { throw Refusal(message: "\(name): a value is missing") }
        // The parsed value is kept, which is short whatever the text was.
        switch name {
        case "segment.bytes":
            segmentByteCount = try Self.integer(name, value, in: 1024...Int(Int32.max))
            entries[name] = String(segmentByteCount)
        case "max.message.bytes":
            maxMessageByteCount = try Self.integer(name, value, in: 0...Int(Int32.max))
            entries[name] = String(maxMessageByteCount)
        case "min.insync.replicas":
            // Always met: Kafka, too, asks for no more of them than the partition has replicas.
            entries[name] = String(try Self.integer(name, value, in: 1...Int(Int32.max)))
        case "message.timestamp.type":
            timestampType = try Self.timestampType(value)
            entries[name] = value
        default:
            try Self.demandOnlyValue(name, value)
            entries[name] = value
        }
    }

    /// Every setting that has a meaning here, by name, with its value.
    var effectiveEntries: [(name: String, value: String)] {
        var all = entries
        all["segment.bytes"] = String(segmentByteCount)
        all["max.message.bytes"] = String(maxMessageByteCount)
        all["message.timestamp.type"] = timestampType == .createTime ? "CreateTime" : "LogAppendTime"
        return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Entries with the only values that this broker honours: records are kept as the producer sent
    /// them until they are deleted.
    private static let onlyValues: [String: Set<String>] = [
        "cleanup.policy": ["delete"], "compression.type": ["producer"], "retention.ms": ["-1"],
        "retention.bytes": ["-1"], "unclean.leader.election.enable": ["false"],
        "preallocate": ["false"], "remote.storage.enable": ["false"], "index.interval.bytes": ["4096"],
        "message.downconversion.enable": ["true"],
    ]

    private static func demandOnlyValue(_ name: String, _ value: String) throws(Refusal) {
        guard let allowed = onlyValues[name] else { throw Refusal(message: "Unknown topic config name: \(name)") }
        guard allowed.contains(value) else {
            throw Refusal(
                message: "Invalid value \(value) for configuration \(name): this broker has only "
                    + allowed.sorted().joined(separator: ", "))
        }
    }

    private static func integer(_ name: String, _ value: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw Refusal(
                message: "Invalid value \(value) for configuration \(name): "
                    + "it must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    private static func timestampType(_ value: String) throws(Refusal) -> TimestampType {
        switch value {
        case "CreateTime": .createTime
        case "LogAppendTime": .logAppendTime
        default:
            throw Refusal(
                message: "Invalid value \(value) for configuration message.timestamp.type: "
                    + "it must be CreateTime or LogAppendTime")
        }
    }
}

/// Kafka's rules for topic names.
enum TopicName {
    static let byteCountMax = 249

    /// Why a name is not allowed, in words; nil when it is.
    static func refusal(_ name: String) -> String? {
        if name.isEmpty { return "the empty string is not allowed" }
        if name == "." || name == ".." { return "'.' or '..' is not allowed" }
        if name.utf8.count > byteCountMax {
            return "the length of '\(name.prefix(byteCountMax))' is longer than the max allowed length \(byteCountMax)"
        }
        return name.utf8.allSatisfy(isAllowed)
            ? nil : "'\(name)' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
    }

    /// Names that differ only in these two characters would share a name in metrics; Kafka allows
    /// only one of them.
    static func collisionKey(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
