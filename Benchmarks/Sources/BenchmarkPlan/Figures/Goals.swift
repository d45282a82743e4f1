extension Goal {
    /// Every target that samples can answer; `kafkas` are the versions of Apache Kafka to ask for.
    public static func all(kafkas: [String]) -> [Goal] {
        produceAndFetch + codecs + rates(kafkas) + brokers(kafkas) + latencies + machine
    }

    private static let librdkafka = Reference.best(Contestant.librdkafka)
    private static let floor = Reference.contestant(.floor, addend: 0)
    private static let anyPeer = Reference.best(Contestant.peers)
    private static let crcPeer = Reference.best(Contestant.peers.filter(\.checksCRCs))

    private static func produce(_ size: Int, _ codec: Codec, _ broker: BrokerChoice = .embedded) -> Cell {
        Cell(.produce(valueSize: size, codec: codec), broker: broker)
    }

    private static func fetch(_ size: Int, _ codec: Codec, _ broker: BrokerChoice = .embedded) -> Cell {
        Cell(.fetch(valueSize: size, codec: codec), broker: broker)
    }

    private static let cpu = "client CPU a record"

    private static var produceAndFetch: [Goal] {
        [
            Goal(cpu, produce(100, .none), .cpuPerRecord, against: librdkafka, .atMost(1.0 / 8)),
            Goal(cpu, produce(100, .none), .cpuPerRecord, against: floor, .atMost(1.75)),
            Goal(cpu, fetch(100, .none), .cpuPerRecord, against: librdkafka, .atMost(1.0 / 6)),
            Goal(cpu, fetch(100, .none), .cpuPerRecord, against: crcPeer, .atMost(1.0 / 4)),
            Goal(cpu, fetch(100, .none), .cpuPerRecord, against: floor, .atMost(1.4)),
        ]
            + [(produce(1024, .none), anyPeer), (fetch(1024, .none), crcPeer)].flatMap { cell, peer in
                [
                    Goal(cpu, cell, .cpuPerRecord, against: floor, .atMost(1.2)),
                    Goal(cpu, cell, .cpuPerRecord, against: peer, .atMost(1)),
                ]
            }
    }

    /// The codec's own cost on one batch, then everything with the codec's direct call in the
    /// floor.
    private static var codecs: [Goal] {
        [Codec.lz4, .zstd].flatMap { codec in
            [("compressNsPerByte", "compressing"), ("decompressNsPerByte", "decompressing")].map { name, verb in
                Goal("\(verb), CPU a byte", Cell(.codec(codec)), .figure(name), against: floor, .atMost(1.05))
            } + withCodec(codec)
        }
    }

    private static func withCodec(_ codec: Codec) -> [Goal] {
        [
            (produce(100, codec), librdkafka, 1.0 / 8), (produce(100, codec), floor, 1.75),
            (fetch(100, codec), librdkafka, 1.0 / 6), (fetch(100, codec), crcPeer, 1.0 / 4),
            (fetch(100, codec), floor, 1.4),
            (produce(1024, codec), floor, 1.2), (produce(1024, codec), anyPeer, 1),
            (fetch(1024, codec), floor, 1.2), (fetch(1024, codec), crcPeer, 1),
        ].map { cell, reference, most in Goal(cpu, cell, .cpuPerRecord, against: reference, .atMost(most)) }
    }

    private static func rates(_ kafkas: [String]) -> [Goal] {
        [
            Goal("records/s", produce(100, .none), .recordsPerSecond, against: librdkafka, .atLeast(2)),
            Goal("records/s", fetch(100, .none), .recordsPerSecond, against: librdkafka, .atLeast(3)),
        ]
            + kafkas.map(BrokerChoice.kafka).flatMap { broker in
                [
                    Goal("records/s", produce(100, .none, broker), .recordsPerSecond, against: anyPeer, .atLeast(1)),
                    Goal("records/s", fetch(100, .none, broker), .recordsPerSecond, against: anyPeer, .atLeast(1.3)),
                ]
            }
    }

    private static func brokers(_ kafkas: [String]) -> [Goal] {
        let costs = (kafkas.last.map { CellSet.brokerCost(beside: $0) } ?? []).map { cell in
            let isProduce = if case .brokerCost(.produce, _) = cell.workload { true } else { false }
            return Goal(
                "broker CPU a MB", cell, .brokerCPUPerMegabyte, of: .embeddedBroker,
                against: .contestant(.kafkaBroker, addend: 0), .atMost(isProduce ? 0.25 : 1))
        }
        return costs + [Goal("MB/s", Cell(.serving), .megabytesPerSecond, against: floor, .atLeast(0.8))]
    }

    private static var latencies: [Goal] {
        let starts = StartMode.allCases.flatMap { mode in
            [
                Goal("median start", Cell(.start(mode), delayMs: 5), .medianLatency, against: floor, .atMost(1.15)),
                Goal("median start", Cell(.start(mode)), .medianLatency, against: anyPeer, .atMost(1)),
                Goal("median start", Cell(.start(mode), delayMs: 5), .medianLatency, against: anyPeer, .atMost(1)),
            ]
        }
        let producers = [false, true].flatMap { isIdempotent in
            let workload = Workload.newProducer(isIdempotent: isIdempotent)
            return [
                Goal("to the first ack", Cell(workload), .medianLatency, against: floor, .atMost(1.3)),
                Goal("to the first ack", Cell(workload, delayMs: 5), .medianLatency, against: anyPeer, .atMost(0.5)),
            ]
        }
        let kept = Goal(
            "to the ack", Cell(.keptProducer, delayMs: 5), .medianLatency,
            against: .contestant(.floor, addend: 1_000_000), .atMost(1))
        return starts + producers + [kept]
    }

    private static var machine: [Goal] {
        CellSet.memory.flatMap { cell in
            [
                Goal(
                    "peak above the buffers", cell, .figure("peakAboveBuffersBytes"),
                    against: .constant(64 * 1_048_576),
                    .atMost(1)),
                Goal("last third / middle third", cell, .figure("memoryGrowth"), against: .constant(1), .atMost(1.05)),
            ]
        } + [
            Goal("ns a latency", Cell(.recordLatency), .figure("nsPerValue"), against: .constant(10), .atMost(1)),
            Goal("p99 late", Cell(.pacing(perSecond: 50_000)), .figure("p99Ns"), against: floor, .atMost(2)),
        ]
    }

    /// The targets that no sample answers, and what does.
    public static let shownElsewhere = [
        "user-space copies of a payload byte: by `make guards`, which counts what is copied",
        "serial round trips from constructor to first record: by the tests that count them on the wire",
    ]
}
