/// Options of topics and of the embedded broker; their defaults are the broker's, and stand in no
/// scenario.
extension KafkaOption {
    private static let int32 = Int64(0)...Int64(Int32.max)
    private static let int64 = Int64(0)...Int64.max
    private static let unbounded = Int64(-1)...Int64.max
    private static let timestampTypes = ["CreateTime", "LogAppendTime"]
    private static let codecs = ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]

    static let topic: [KafkaOption] = [
        KafkaOption("cleanup.policy", .word(["delete", "compact", "compact,delete"]), nil, "How old records go."),
        KafkaOption("compression.type", .word(codecs), nil, "The codec records are stored with."),
        KafkaOption("compression.gzip.level", .integerOr(-1, 1...9), nil, "gzip's level."),
        KafkaOption("compression.lz4.level", .integer(1...17), nil, "lz4's level."),
        KafkaOption("compression.zstd.level", .integer(-131_072...22), nil, "zstd's level."),
        KafkaOption("delete.retention.ms", .integer(int64), nil, "How long tombstones stay."),
        KafkaOption("file.delete.delay.ms", .integer(int64), nil, "How long a deleted file stays."),
        KafkaOption("flush.messages", .integer(1...Int64.max), nil, "Records between two flushes to disk."),
        KafkaOption("flush.ms", .integer(int64), nil, "The time between two flushes to disk."),
        KafkaOption("index.interval.bytes", .integer(int32), nil, "Bytes between two index entries."),
        KafkaOption("max.compaction.lag.ms", .integer(1...Int64.max), nil, "When a record must be compacted."),
        KafkaOption("max.message.bytes", .integer(int32), nil, "The bytes of the largest batch."),
        KafkaOption("message.timestamp.after.max.ms", .integer(int64), nil, "How far ahead a timestamp may be."),
        KafkaOption("message.timestamp.before.max.ms", .integer(int64), nil, "How far back a timestamp may be."),
        KafkaOption("message.timestamp.type", .word(timestampTypes), nil, "Whose clock stamps records."),
        KafkaOption("min.cleanable.dirty.ratio", .real(0...1), nil, "When a log is compacted."),
        KafkaOption("min.compaction.lag.ms", .integer(int64), nil, "How long a record is left alone."),
        KafkaOption("min.insync.replicas", .integer(1...Int64(Int32.max)), nil, "The replicas that acks=all wants."),
        KafkaOption("preallocate", .boolean, nil, "Whether segments take their room at once."),
        KafkaOption("retention.bytes", .integer(unbounded), nil, "The bytes kept of a partition."),
        KafkaOption("retention.ms", .integer(unbounded), nil, "How long records are kept."),
        KafkaOption("segment.bytes", .integer(1_048_576...Int64(Int32.max)), nil, "The bytes of a segment."),
        KafkaOption("segment.index.bytes", .integer(4...Int64(Int32.max)), nil, "The bytes of an index."),
        KafkaOption("segment.jitter.ms", .integer(int64), nil, "The spread of the time of rolling."),
        KafkaOption("segment.ms", .integer(1...Int64.max), nil, "When a segment is rolled."),
        KafkaOption("unclean.leader.election.enable", .boolean, nil, "Whether a replica out of sync may lead."),
    ]

    static let broker: [KafkaOption] = [
        KafkaOption("num.partitions", .integer(1...10_000), nil, "Partitions of topics created on first use."),
        KafkaOption("auto.create.topics.enable", .boolean, nil, "Whether topics are created on first use."),
        KafkaOption("log.segment.bytes", .integer(1_048_576...Int64(Int32.max)), nil, "The bytes of a segment."),
        KafkaOption("log.message.timestamp.type", .word(timestampTypes), nil, "Whose clock stamps records."),
        KafkaOption("message.max.bytes", .integer(int32), nil, "The bytes of the largest batch."),
        KafkaOption("fetch.max.bytes", .integer(1024...Int64(Int32.max)), nil, "The bytes of an answer to a Fetch."),
        KafkaOption(
            "socket.request.max.bytes", .integer(1024...Int64(Int32.max)), nil, "The bytes of the largest request."),
        KafkaOption(
            "socket.send.buffer.bytes", .integerOr(-1, 1...Int64(Int32.max)), nil,
            "What the kernel takes ahead of a client; -1 leaves that to the system."),
        KafkaOption("producer_byte_rate", .integer(1...Int64.max), nil, "The quota of bytes a second of a producer."),
        KafkaOption("consumer_byte_rate", .integer(1...Int64.max), nil, "The quota of bytes a second of a consumer."),
        KafkaOption("quota.window.num", .integer(1...1000), nil, "The windows that a quota is over."),
        KafkaOption("quota.window.size.seconds", .integer(1...3600), nil, "How long each of them is."),
        KafkaOption(
            "group.initial.rebalance.delay.ms", .integer(int32), nil,
            "How long the first rebalance of an empty group waits for members; 3000 if not said."),
        KafkaOption(
            "group.min.session.timeout.ms", .integer(1...Int64(Int32.max)), nil,
            "The shortest session.timeout.ms of a member."),
        KafkaOption(
            "group.max.session.timeout.ms", .integer(1...Int64(Int32.max)), nil,
            "The longest session.timeout.ms of a member."),
        KafkaOption("group.max.size", .integer(1...Int64(Int32.max)), nil, "The members of one group."),
        KafkaOption("weir.request.delay.ms", .real(0...60_000), nil, "How long an answer waits before it is sent."),
        KafkaOption("weir.request.delay.slow.ms", .real(0...60_000), nil, "How long some answers wait instead."),
        KafkaOption("weir.request.delay.slow.ratio", .real(0...1), nil, "Which part of them does; 0.01 if not said."),
        KafkaOption(
            "weir.request.stall.ms", .real(0...60_000), nil,
            "How long no answer is sent, at the end of each weir.request.stall.interval.ms."),
        KafkaOption(
            "weir.request.stall.interval.ms", .real(1...3_600_000), nil,
            "The time from one stall's end to the next one's; 10000 if not said."),
        KafkaOption("weir.request.cpu.ms", .real(0...1000), nil, "CPU time that each request takes beside its own."),
        KafkaOption("weir.request.api", .word(["all", "Produce", "Fetch"]), nil, "The API that weir.request.… slows."),
    ]

    /// The topic's options that the embedded broker has.
    static let embeddedTopic: Set<String> = Set(embeddedTopicOnly.keys).union([
        "segment.bytes", "max.message.bytes", "message.timestamp.type", "min.insync.replicas",
    ])

    /// Those of which it has one value only.
    static let embeddedTopicOnly = [
        "cleanup.policy": "delete", "compression.type": "producer", "retention.ms": "-1", "retention.bytes": "-1",
        "unclean.leader.election.enable": "false", "preallocate": "false",
        "index.interval.bytes": "4096",
    ]
}
