import Glibc
import KafkaClient
import KafkaProtocol
import Networking
import Results
import Scenario

/// What is measured against, for the length of a run: a broker of our own, or somebody's cluster.
final class TargetSession: Sendable {
    let name: String
    let spec: TargetSpec
    let clientConfiguration: ClientConfiguration
    /// Where the cluster is and how to enter.
    let connectionProperties: [String: String]
    let warm: WarmClient
    let loop: EventLoop
    private let broker: EmbeddedBrokerProcess?
    private let dataDirectory: String?
    private let commandConfigKeys: [String]

    private var bootstrapServers: String {
        clientConfiguration.bootstrapServers.map(\.description).joined(separator: ",")
    }

    /// The embedded broker's process, whose CPU is reported beside the client's.
    var brokerPid: Int32? { broker?.processId }

    private init(
        name: String, spec: TargetSpec, clientConfiguration: ClientConfiguration,
        connectionProperties: [String: String], warm: WarmClient, loop: EventLoop,
        broker: EmbeddedBrokerProcess?, dataDirectory: String?, commandConfigKeys: [String]
    ) {
        self.name = name
        self.spec = spec
        self.clientConfiguration = clientConfiguration
        self.connectionProperties = connectionProperties
        self.warm = warm
        self.loop = loop
        self.broker = broker
        self.dataDirectory = dataDirectory
        self.commandConfigKeys = commandConfigKeys
    }

    /// Starts the broker, or connects to the cluster; the error says what could not be reached, and where.
    static func open(_ spec: TargetSpec, options: EngineOptions, loop: EventLoop) async throws -> TargetSession {
        switch spec {
        case .embedded(let configuration): try await openEmbedded(configuration, options: options, loop: loop)
        case .cluster(let properties):
            try await openCluster(properties.merging(options.commandConfig) { $1 }, spec, options: options, loop: loop)
        }
    }

    private static func openEmbedded(
        _ configuration: [String: String], options: EngineOptions, loop: EventLoop
    ) async throws -> TargetSession {
        let folder = try TemporaryFolder.make(prefix: "weir-broker")
        let broker: EmbeddedBrokerProcess
        do throws(EmbeddedBrokerProcess.StartError) {
            broker = try EmbeddedBrokerProcess(
                executable: options.executable, dataDirectory: folder, properties: configuration)
        } catch {
            TemporaryFolder.remove(folder)
            throw error
        }
        do {
            let properties = ["bootstrap.servers": broker.bootstrapServers]
            let client = try ClientConfiguration(properties: properties)
            let warm = try await WarmClient.connect(client, loop: loop)
            return TargetSession(
                name: "embedded", spec: .embedded(configuration: configuration), clientConfiguration: client,
                connectionProperties: properties,
                warm: warm, loop: loop, broker: broker, dataDirectory: folder, commandConfigKeys: [])
        } catch {
            broker.stop()
            TemporaryFolder.remove(folder)
            throw error
        }
    }

    private static func openCluster(
        _ properties: [String: String], _ spec: TargetSpec, options: EngineOptions, loop: EventLoop
    ) async throws -> TargetSession {
        let client = try ClientConfiguration(properties: properties)
        let warm = try await WarmClient.connect(client, loop: loop)
        return TargetSession(
            name: properties["bootstrap.servers"] ?? "cluster", spec: spec, clientConfiguration: client,
            connectionProperties: properties, warm: warm,
            loop: loop, broker: nil, dataDirectory: nil, commandConfigKeys: options.commandConfig.keys.sorted())
    }

    /// How a result names what was measured against.
    var record: BrokerRecord {
        switch spec {
        case .embedded(let configuration):
            BrokerRecord(
                name: name, kind: .embedded, software: "weir", address: bootstrapServers, nodeCount: 1,
                configuration: configuration)
        case .cluster:
            BrokerRecord(
                name: name, kind: .cluster, address: bootstrapServers,
                commandConfigKeys: commandConfigKeys)
        }
    }

    /// The bytes that one repeat may write: a share of what is free under an embedded broker, a fixed bound on somebody's cluster.
    func byteLimit() -> Int {
        guard let dataDirectory, let free = FreeDisk.byteCount(at: dataDirectory) else { return Self.clusterByteLimit }
        return Int(Double(free) * FreeDisk.usableShare)
    }

    private static let clusterByteLimit = 64 << 30

    /// Makes a topic and waits until its leaders are known.
    func makeTopic(_ topic: String, _ spec: TopicSpec) async throws {
        try await warm.admin.createTopics([
            NewTopic(
                name: topic, partitionCount: Int32(spec.partitions),
                replicationFactor: Int16(spec.replicationFactor ?? -1),
                configs: spec.configuration)
        ])
        try await warm.admin.waitForLeaders(of: [topic])
    }

    /// Deletes a topic.
    func deleteTopic(_ topic: String) async throws { try await warm.admin.deleteTopics([topic]) }

    /// Ends the broker, or the connection to the cluster.
    func close() async {
        await warm.close()
        broker?.stop()
        if let dataDirectory { TemporaryFolder.remove(dataDirectory) }
    }
}
