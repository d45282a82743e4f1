/// Who is measured in a cell.
public enum Contestant: String, Sendable, Hashable, CaseIterable, Codable, CodingKeyRepresentable {
    /// Weir, through `weir run`.
    case weir
    /// The least that the machine makes it cost.
    case floor
    /// The same for a producer that keeps what it has sent until that is acknowledged.
    case acknowledgedFloor = "acknowledged-floor"
    /// Debian's librdkafka, driven from C.
    case librdkafkaDebian = "librdkafka-debian"
    /// The newer librdkafka of the confluent-kafka wheel, driven from C.
    case librdkafkaWheel = "librdkafka-wheel"
    /// confluent-kafka, driven from Python.
    case confluentKafka = "confluent-kafka"
    /// kafka-python.
    case kafkaPython = "kafka-python"
    /// PyKafka.
    case pyKafka = "pykafka"
    /// The Java client by Kafka's own perf tools.
    case javaTools = "java-tools"
    /// The Java client by a small program.
    case java
    /// The embedded broker under a load, where brokers are compared.
    case embeddedBroker = "embedded-broker"
    /// The same with Apache Kafka.
    case kafkaBroker = "kafka-broker"

    /// What the machine itself makes it cost.
    public static let floors: Set<Contestant> = [.floor, .acknowledgedFloor]
    /// Both builds of librdkafka that are driven from C.
    public static let librdkafka: Set<Contestant> = [.librdkafkaDebian, .librdkafkaWheel]
    /// Everything that a user could pick instead of Weir's client.
    public static let peers: Set<Contestant> = [
        .librdkafkaDebian, .librdkafkaWheel, .confluentKafka, .kafkaPython, .pyKafka, .javaTools, .java,
    ]

    /// What it is called in tables, without its version.
    public var title: String {
        switch self {
        case .weir: "weir"
        case .floor: "floor"
        case .acknowledgedFloor: "floor, acknowledged"
        case .librdkafkaDebian: "librdkafka (Debian)"
        case .librdkafkaWheel: "librdkafka (wheel)"
        case .confluentKafka: "confluent-kafka (Python)"
        case .kafkaPython: "kafka-python"
        case .pyKafka: "PyKafka"
        case .javaTools: "Java, perf tools"
        case .java: "Java"
        case .embeddedBroker: "embedded broker"
        case .kafkaBroker: "Apache Kafka"
        }
    }

    /// A remark on its figures in a cell; nil where there is none.
    public func remark(in workload: Workload) -> String? {
        switch (self, workload) {
        case (.javaTools, .fetch): "checks no CRC, and reads as a member of a group"
        case (.javaTools, .produce(_, let codec)) where codec != .none:
            "its payload is text: two thirds random letters where the others have half random bytes"
        case (.pyKafka, .fetch): "checks no CRC"
        default: nil
        }
    }

    /// Whether it checks the CRC of what it fetches.
    public var checksCRCs: Bool { self != .javaTools && self != .pyKafka }

    /// Whether a batch is full when its records are, before compression, as large as `batch.size`:
    /// others estimate what they shrink to.
    public var fillsBatchesBeforeCompression: Bool {
        switch self {
        case .librdkafkaDebian, .librdkafkaWheel, .confluentKafka, .kafkaPython: true
        default: false
        }
    }

    /// Whether it supports a cell, whatever is installed.
    public func takesPart(in cell: Cell) -> Bool {
        switch cell.workload {
        case .produce(_, let codec): takesPartInThroughput(cell, codec: codec)
        case .fetch(_, let codec):
            takesPartInThroughput(cell, codec: codec) && !(self == .javaTools && cell.broker == .embedded)
        case .start, .newProducer, .keptProducer: takesPartInLatency(cell)
        case .pacing: self == .weir || self == .floor
        case .memory: self == .weir
        case .recordLatency: self == .weir
        case .codec: self == .weir || self == .floor
        case .copying, .checksum: self == .floor
        case .brokerCost: self == .embeddedBroker || self == .kafkaBroker
        case .serving: self == .weir || self == .floor
        }
    }

    private func takesPartInThroughput(_ cell: Cell, codec: Codec) -> Bool {
        switch self {
        case .weir, .librdkafkaDebian, .librdkafkaWheel, .confluentKafka, .kafkaPython, .javaTools: true
        case .floor: cell.settings == .fixed
        case .acknowledgedFloor: cell.settings == .fixed && cell.workload.writes && codec == .none
        // Kafka refuses its lz4 frames, whose blocks are linked, and it does not know zstd.
        // Its own linger is five seconds, far longer than a window.
        case .pyKafka: cell.servesPyKafka && codec == .none && cell.settings == .fixed
        case .java, .embeddedBroker, .kafkaBroker: false
        }
    }

    private func takesPartInLatency(_ cell: Cell) -> Bool {
        switch self {
        case .weir, .floor, .librdkafkaDebian, .librdkafkaWheel, .confluentKafka, .kafkaPython, .java: true
        case .pyKafka: cell.servesPyKafka && cell.workload != .newProducer(isIdempotent: true)
        case .acknowledgedFloor, .javaTools, .embeddedBroker, .kafkaBroker: false
        }
    }
}

extension Cell {
    /// PyKafka has only versions that Apache Kafka serves up to 3.9.
    fileprivate var servesPyKafka: Bool {
        guard case .kafka(let version) = broker else { return false }
        return version.hasPrefix("3.")
    }
}
