/// Options are those that Weir's client follows, with the ranges and defaults of Kafka's Java
/// client 4.3.1 (its `ConfigDef`s).
extension KafkaOption {
    private static let int32 = Int64(0)...Int64(Int32.max)
    private static let positive = Int64(1)...Int64(Int32.max)
    private static let int64 = Int64(0)...Int64.max

    static let producer: [KafkaOption] =
        [
            KafkaOption("acks", .word(["all", "-1", "0", "1"]), "all", "Whose acknowledgement a record waits for."),
            KafkaOption("linger.ms", .integer(int32), "5", "How long a batch waits for more records."),
            KafkaOption("batch.size", .integer(int32), "16384", "The bytes of a batch."),
            KafkaOption(
                "compression.type", .word(["none", "gzip", "snappy", "lz4", "zstd"]), "none", "The codec of a batch."),
            KafkaOption("compression.gzip.level", .integerOr(-1, 1...9), nil, "gzip's level; -1 is its own default."),
            KafkaOption("compression.lz4.level", .integer(1...17), nil, "lz4's level; 9 is Kafka's default."),
            KafkaOption("compression.zstd.level", .integer(-131_072...22), nil, "zstd's level; 3 is Kafka's default."),
            KafkaOption("enable.idempotence", .boolean, "true", "Whether a batch sent again is stored once."),
            KafkaOption(
                "max.in.flight.requests.per.connection", .integer(1...1_000), "5", "Requests under way on a connection."
            ),
            KafkaOption("retries", .integer(int32), "2147483647", "Attempts after the first."),
            KafkaOption("delivery.timeout.ms", .integer(int32), "120000", "How long a record may take in all."),
            KafkaOption(
                "request.timeout.ms", .integer(positive), "30000", "How long an answer may take.", layer: .both),
            KafkaOption("buffer.memory", .integer(int64), "33554432", "The bytes of what is not delivered yet."),
            KafkaOption("max.request.size", .integer(positive), "1048576", "The bytes of a request."),
            KafkaOption("max.block.ms", .integer(int32), "60000", "How long a send may wait for room."),
            KafkaOption(
                "partitioner.class", .word(["org.apache.kafka.clients.producer.RoundRobinPartitioner"]), nil,
                "How records find their partition; without it Kafka's own way."),
            KafkaOption("partitioner.ignore.keys", .boolean, "false", "Whether keys count for the partition."),
            KafkaOption(
                "partitioner.adaptive.partitioning.enable", .boolean, "true",
                "Whether partitions with longer queues are chosen less often."),
            KafkaOption(
                "partitioner.availability.timeout.ms", .integer(int32), "0",
                "After how long partitions of a broker that takes nothing are left out; 0 is never."),
        ] + under

    static let consumer: [KafkaOption] =
        [
            KafkaOption(
                "auto.offset.reset", .wordOrDuration(["earliest", "latest", "none"]), "latest",
                "Where to start without a commit."
            ),
            KafkaOption("fetch.min.bytes", .integer(int32), "1", "How many bytes a Fetch waits for."),
            KafkaOption("fetch.max.bytes", .integer(int32), "52428800", "How many bytes a Fetch brings."),
            KafkaOption("fetch.max.wait.ms", .integer(int32), "500", "How long a Fetch waits."),
            KafkaOption("max.partition.fetch.bytes", .integer(int32), "1048576", "How many bytes of one partition."),
            KafkaOption("max.poll.records", .integer(positive), "500", "How many records a poll returns."),
            KafkaOption("check.crcs", .boolean, "true", "Whether checksums are verified."),
            KafkaOption(
                "isolation.level", .word(["read_uncommitted", "read_committed"]), "read_uncommitted",
                "Which records of transactions are read."),
            KafkaOption(
                "enable.auto.commit", .word(["false"]), "false", "Only false: nothing is committed unless asked."),
            KafkaOption(
                "request.timeout.ms", .integer(positive), "30000", "How long an answer may take.", layer: .client),
            KafkaOption(
                "default.api.timeout.ms", .integer(positive), "60000", "How long a call may take in all.",
                layer: .client),
        ] + under

    /// The options of the client under a producer or a consumer.
    private static let under: [KafkaOption] = [
        KafkaOption("client.id", .text, nil, "The name sent with every request.", layer: .client),
        KafkaOption(
            "retry.backoff.ms", .integer(int32), "100", "The first wait before a request is sent again.", layer: .client
        ),
        KafkaOption("retry.backoff.max.ms", .integer(int32), "1000", "The longest such wait.", layer: .client),
        KafkaOption(
            "reconnect.backoff.ms", .integer(int32), "50", "The first wait before connecting again.", layer: .client),
        KafkaOption("reconnect.backoff.max.ms", .integer(int32), "1000", "The longest such wait.", layer: .client),
        KafkaOption(
            "metadata.max.age.ms", .integer(positive), "300000", "When metadata is asked for again.", layer: .client),
        KafkaOption(
            "socket.connection.setup.timeout.ms", .integer(positive), "10000", "How long connecting may take.",
            layer: .client),
    ]

    /// What says how to reach a cluster; it changes no figure.
    static let connection: [KafkaOption] =
        [
            KafkaOption("bootstrap.servers", .servers, nil, "Where the cluster is: host:port, separated by commas."),
            KafkaOption("security.protocol", .word(["PLAINTEXT"]), "PLAINTEXT", "How connections are secured."),
        ] + ownCalls

    /// What Weir's own calls go by, those around a measurement: topics, offsets, commits. No
    /// measured client follows them.
    static let ownCalls: [KafkaOption] = [
        KafkaOption("client.id", .text, nil, "The name sent with Weir's own requests."),
        KafkaOption(
            "request.timeout.ms", .integer(positive), "30000", "How long an answer to Weir's own requests may take."),
        KafkaOption(
            "default.api.timeout.ms", .integer(positive), "60000", "How long a call of Weir's own may take in all."),
        KafkaOption(
            "socket.connection.setup.timeout.ms", .integer(positive), "10000",
            "How long connecting may take for Weir's own calls."),
    ]
}
