/// The whole of `weir: 1`, as data: which keys there are and what may stand under each.
enum Grammar {
    static let version = "1"
    static let experimentCountMax = 100
    /// The cells of one experiment, and of all that a file holds.
    static let cellCountMax = 1_000
    static let fileCellCountMax = 4_000
    static let valueCountMax = 1_000

    private static let second: UInt64 = 1_000_000_000
    private static let day = 86_400 * second

    static let file = MapShape(
        keys: [
            Key("weir", .scalar(.word([version])), "The version of the grammar and of the defaults.", mayVary: false),
            Key(
                "name", .scalar(.name(.identifier)), "The scenario's name; results are named after it.", mayVary: false),
            Key("about", .scalar(.text(lengthMax: 1_000)), "What it measures, in words.", mayVary: false),
        ] + shared + [
            Key(
                "experiments", .named(NamedShape(noun: "experiment", shape: experiment, countMax: experimentCountMax)),
                "What is measured, by name.")
        ],
        refused: later.merging(
            ["expect": "'expect' stands in an experiment or a case, as metrics are an experiment's"],
            uniquingKeysWith: { $1 }))

    static let experiment = MapShape(
        keys: workload + shared + [expect] + [
            Key(
                "cases", .named(NamedShape(noun: "case", shape: overlay, countMax: valueCountMax)),
                "One more axis, of names; each is merged over the experiment."),
            Key("baseline", .axisValues, "The axes fixed for the cells that others are compared with."),
            Key("except", .list(.axisValues), "The combinations left out."),
        ], refused: later)

    /// What a case may say.
    static let overlay = MapShape(
        keys: workload + shared + [expect],
        refused: later.merging(
            ["cases", "baseline", "except"].map { ($0, "'\($0)' stands in the experiment, not in a case") },
            uniquingKeysWith: { $1 }))

    private static let later = [
        "client": "'client' is kept for measuring other clients, which is not there yet: it is always Weir's own"
    ]

    /// What may stand in the file, in an experiment and in a case.
    private static let shared = [
        Key("target", target, "What it runs against."),
        Key("topic", .map(topic), "The topic that is made for a cell."),
        Key("measure", .map(measure), "How long and how often a cell is measured."),
        Key("waive", .list(.scalar(.word(Waiver.allCases.map(\.rawValue)))), "The checks that cannot be made there."),
        Key("gate", .map(gate), "What weir gate judges."),
    ]

    static let gate = MapShape(keys: [
        Key("metrics", .list(.scalar(.text(lengthMax: 100))), "The metrics, by the titles that tables show."),
        Key("margin", .margins, "How far they may move: a share, or one for each of some metrics."),
    ])

    private static let expect = Key(
        "expect", .list(.scalar(.expectation)), "What must hold, a line each, such as ack p99 <= 20 ms.")

    private static let workload = [
        Key("produce", .map(produce), "What is produced."),
        Key("consume", .map(consume), "What is consumed."),
        Key("start", .map(start), "The consumer start that is measured."),
    ]

    static let target = Shape.choice(
        words: ["embedded"],
        MapShape(
            keys: [
                Key(
                    "embedded", .map(KafkaOption.section(.broker)), "Weir's own broker, with options of Kafka's broker."
                )
            ] + KafkaOption.section(.connection).keys,
            exclusions: [.init(key: "embedded", others: KafkaOption.connection.map(\.name))], role: .connection))

    static let measure = MapShape(
        keys: [
            Key("warmup", .scalar(.time(ns: 0...day)), "The time before the window, discarded."),
            Key("for", .scalar(.time(ns: 10_000_000...day)), "The window of a repeat."),
            Key("records", .scalar(.records(1...10_000_000_000)), "The records of a repeat, instead of a window."),
            Key("starts", .scalar(.number(1...1_000_000)), "The consumer starts of a repeat."),
            Key(
                "invalid", .scalar(.share),
                "The share of a cell's repeats that may be left out for bad conditions of the host."),
            Key(
                "late", .scalar(.time(ns: 1_000_000...day)),
                "From when on a load by rate counts as late, at the 99th percentile."),
            Key(
                "foreign", .scalar(.share),
                "The share of the host's cores that others may take in a repeat; beyond it, it is left out."),
            Key("repeats", .scalar(.number(1...1_000)), "How many rounds there are.", mayVary: false),
            Key("pause", .scalar(.time(ns: 0...day)), "The wait between cells.", mayVary: false),
            Key(
                "seed", .scalar(.number(0...UInt64.max)), "What order and record values are drawn from.", mayVary: false
            ),
        ],
        exclusions: [
            .init(key: "for", others: ["records", "starts"]), .init(key: "records", others: ["starts"]),
            .init(key: "warmup", others: ["starts"]),
        ])

    static let topic = MapShape(
        keys: [
            Key("existing", .scalar(.name(.topic)), "A topic that is there already; nothing is made or deleted."),
            Key(
                "writes", .scalar(.word(["no", "yes"])), "Whether an existing topic may be written to; no without it."),
            Key(
                "name", .scalar(.name(.topicPrefix)),
                "What the names of made topics and groups begin with; weir-RUN… follows."),
            Key("partitions", .scalar(.number(1...10_000)), "The partitions of a made topic."),
            Key("replication.factor", .scalar(.number(1...100)), "The replicas; without it the cluster's default."),
            Key("config", .map(KafkaOption.section(.topic)), "The topic's options in Kafka's names."),
            Key("preload", .map(preload), "What is written before measuring."),
            Key("trim", .scalar(.records(0...10_000_000_000)), "How far the start of each partition's log is moved."),
        ],
        exclusions: [
            .init(key: "existing", others: ofMadeTopics), .init(key: "writes", others: ofMadeTopics),
        ])

    private static let ofMadeTopics = ["name", "partitions", "replication.factor", "config", "preload", "trim"]

    static let preload = MapShape(keys: [
        Key("records", .scalar(.records(1...10_000_000_000)), "The records in all, spread evenly."),
        Key("value", .map(value), "What each record carries."),
        Key(
            "over", .scalar(.time(ns: second...7 * day)),
            "How far back the records' timestamps reach, evenly; without it all are of now."),
        Key("producer", .map(KafkaOption.section(.producer)), "The producer's options in Kafka's names."),
    ])

    private static let unwritten = "is kept for later: values are of one size, drawn from the seed, without keys"

    static let value = MapShape(
        keys: [
            Key("size", .scalar(.byteSize(1...100 << 20)), "The length of a record's value."),
            Key("random", .scalar(.share), "The part of it that cannot be compressed."),
        ],
        refused: Dictionary(
            uniqueKeysWithValues: ["file", "distribution", "keys"].map { ($0, "'\($0)' \(unwritten)") }))

    static let produce = MapShape(
        keys: [
            Key("value", .map(value), "What each record carries."),
            Key("load", load, "What drives the senders."),
            Key("recreate", recreate, "What is thrown away and made anew, and how often."),
            Key("producers", .scalar(.number(1...1_000)), "How many kept producers the senders share."),
            Key("producer", .map(KafkaOption.section(.producer)), "The producer's options in Kafka's names."),
        ], refused: ["keys": "'keys' \(unwritten)"])

    static let load = Shape.choice(
        words: ["unlimited"],
        MapShape(
            keys: [
                Key("concurrency", .scalar(.number(1...10_000)), "Closed loop: so many senders, each waiting."),
                Key("rate", .scalar(.rate(0.001...100_000_000)), "Open loop: so many records a second."),
            ],
            exclusions: [.init(key: "concurrency", others: ["rate"])], wantsOneKey: true,
            refused: ["search": "'search' is kept for finding the capacity, which is not there yet"]))

    private static let recreated = Scalar.records(1...10_000_000_000)

    static let recreate = Shape.choice(
        words: ["never"],
        MapShape(
            keys: [
                Key("producer", .scalar(recreated), "The producer after so many records; its client is kept."),
                Key("client", .scalar(recreated), "Everything after so many records."),
            ],
            exclusions: [.init(key: "producer", others: ["client"])], wantsOneKey: true))

    static let consume = MapShape(keys: [
        Key("consumer", .map(KafkaOption.section(.consumer)), "The consumer's options in Kafka's names.")
    ])

    static let start = MapShape(keys: [
        Key("until", .scalar(.word(StartSpec.End.allCases.map(\.rawValue))), "The event that ends a start."),
        Key("group", group, "The group a start has."),
        Key("committed", committed, "Where the group's commit stands on every partition."),
        Key("at", .map(position), "Where a start seeks to, whatever is committed."),
        Key("reset", .scalar(.word(["never", "on start"])), "Whether auto.offset.reset goes before any commit."),
        Key("consumer", .map(KafkaOption.section(.consumer)), "The consumer's options in Kafka's names."),
    ])

    static let group = Shape.choice(
        words: ["new", "none"],
        MapShape(
            keys: [
                Key("name", .scalar(.name(.topicPrefix)), "What the names of the run's own groups begin with."),
                Key("existing", .scalar(.text(lengthMax: 249)), "A group that is there; its commits are only read."),
                Key("commits", .scalar(.word(["no", "yes"])), "Whether it is committed to, and put back afterwards."),
            ],
            exclusions: [.init(key: "name", others: ["existing", "commits"])], wantsOneKey: true,
            companions: ["commits"]))

    static let committed = Shape.choice(
        words: ["none", "below start", "above end", "expired"],
        MapShape(
            keys: [
                Key(
                    "behind", .scalar(.recordsOrTime(records: 0...10_000_000_000, ns: 1_000_000...365 * day)),
                    "So many records, or so long, before the end."),
                Key("at", .scalar(.number(0...UInt64(Int64.max))), "At this offset."),
            ],
            exclusions: [.init(key: "behind", others: ["at"])], wantsOneKey: true))

    static let position = MapShape(
        keys: [
            Key("timestamp", .scalar(.moment), "At the first record that is not older than this moment."),
            Key(
                "ago", .scalar(.time(ns: 1_000_000...3_650 * day)), "At the first record that is not older than that."),
            Key("offset", .scalar(.number(0...UInt64(Int64.max))), "At this offset of each partition."),
            Key(
                "last", .scalar(.records(1...100_000)),
                "At the newest so many records by timestamp, over all partitions."
            ),
        ],
        exclusions: [
            .init(key: "timestamp", others: ["ago", "offset", "last"]), .init(key: "ago", others: ["offset", "last"]),
            .init(key: "offset", others: ["last"]),
        ], wantsOneKey: true)
}
