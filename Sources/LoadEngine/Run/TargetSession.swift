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
    /// The client of what stands around a measurement.
    let clientConfiguration: ClientConfiguration
    /// Where the cluster is and how to enter, for measured clients.
    let connectionProperties: [String: String]
    let controlClient: ControlClient
    let loop: EventLoop
    /// Signalled when the target is lost.
    let loss: TargetLoss
    private let broker: EmbeddedBrokerProcess?
    private let dataDirectory: String?
    private let commandConfigKeys: [String]
    /// What the run has made here, and has to put back.
    let belongings: Belongings

    private var bootstrapServers: String {
        clientConfiguration.bootstrapServers.map(\.description).joined(separator: ",")
    }

    /// Whether it is this run's own broker.
    var isEmbedded: Bool { broker != nil }

    /// The embedded broker's process, whose CPU is reported beside the client's.
    var brokerPid: Int32? { broker?.processId }

    private init(
        name: String, spec: TargetSpec, clientConfiguration: ClientConfiguration,
        connectionProperties: [String: String], controlClient: ControlClient, loop: EventLoop,
        loss: TargetLoss, broker: EmbeddedBrokerProcess? = nil, dataDirectory: String? = nil,
        commandConfigKeys: [String] = [], belongings: Belongings
    ) {
        self.name = name
        self.spec = spec
        self.clientConfiguration = clientConfiguration
        self.connectionProperties = connectionProperties
        self.controlClient = controlClient
        self.loop = loop
        self.loss = loss
        self.broker = broker
        self.dataDirectory = dataDirectory
        self.commandConfigKeys = commandConfigKeys
        self.belongings = belongings
    }

    /// Starts the broker, or connects to the cluster; the error says what could not be reached, and
    /// where.
    static func open(
        _ spec: TargetSpec, _ instance: CellInstance?, options: EngineOptions, loop: EventLoop
    ) async throws -> TargetSession {
        switch spec {
        case .embedded(let configuration):
            try await openEmbedded(configuration, instance, options: options, loop: loop)
        case .cluster(let properties):
            try await openCluster(properties.merging(options.commandConfig) { $1 }, spec, options: options, loop: loop)
        }
    }

    private static func openEmbedded(
        _ configuration: [String: String], _ instance: CellInstance?, options: EngineOptions, loop: EventLoop
    ) async throws -> TargetSession {
        let folder = try TemporaryFolder.make(prefix: "weir-broker")
        var started: EmbeddedBrokerProcess?
        do {
            let broker = try EmbeddedBrokerProcess(
                executable: instance?.executable ?? options.executable, dataDirectory: folder, properties: configuration
            )
            started = broker
            let properties = ["bootstrap.servers": broker.bootstrapServers]
            let client = try ClientConfiguration(properties: properties)
            let loss = TargetLoss()
            broker.whenLost { loss.report(EngineError("the embedded broker at \(broker.bootstrapServers) \($0)")) }
            return TargetSession(
                name: instance.map { "embedded, \($0.name)" } ?? "embedded",
                spec: .embedded(configuration: configuration), clientConfiguration: client,
                connectionProperties: properties,
                controlClient: try await ControlClient.connect(client, loop: loop, loss: loss),
                loop: loop, loss: loss, broker: broker, dataDirectory: folder,
                belongings: options.belongings)
        } catch {
            started?.stop()
            try? TemporaryFolder.remove(folder)  // what went wrong first is what counts
            throw error
        }
    }

    private static func openCluster(
        _ properties: [String: String], _ spec: TargetSpec, options: EngineOptions, loop: EventLoop
    ) async throws -> TargetSession {
        let client = try ClientConfiguration(properties: properties)
        let loss = TargetLoss()
        let controlClient = try await ControlClient.connect(client, loop: loop, loss: loss)
        return TargetSession(
            name: properties["bootstrap.servers"] ?? "cluster", spec: spec, clientConfiguration: client,
            connectionProperties: properties.filter { !TargetSpec.ownCallKeys.contains($0.key) },
            controlClient: controlClient,
            loop: loop, loss: loss, commandConfigKeys: options.commandConfig.keys.sorted(),
            belongings: options.belongings)
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

    /// What one repeat may write to a topic of this codec: a share of the free disk under an
    /// embedded broker, a fixed bound on somebody's cluster.
    func writeLimit(codec: TopicCodec) -> WriteLimit {
        guard let dataDirectory, let free = freeByteCount else {
            return WriteLimit(
                byteCount: Self.clusterByteLimit,
                words: "a repeat writes no more than \(Self.clusterByteLimit) bytes to somebody's cluster",
                code: .writeLimit, countsAsSent: codec == .producers)
        }
        let byteCount = Int(Double(free) * FreeDisk.usableShare)
        return WriteLimit(
            byteCount: byteCount,
            words: "a repeat may write half of what is free on the disk under \(dataDirectory), \(byteCount) bytes: "
                + "free some of it, or let TMPDIR name another",
            code: .diskFull, countsAsSent: codec == .producers)
    }

    private var freeByteCount: Int? { dataDirectory.flatMap { FreeDisk.byteCount(at: $0) } }

    /// Throws if the embedded broker's disk has no room for a repeat that writes.
    func checkRoom() throws(EngineError) {
        if let diskFault { throw diskFault }
    }

    /// What is wrong with the embedded broker's disk, if it is full.
    var diskFault: EngineError? {
        guard let dataDirectory, let free = freeByteCount, free < FreeDisk.byteCountMin else { return nil }
        return EngineError(
            "the disk under \(dataDirectory) is full (\(free / 1024) KiB free): free some of it, or let TMPDIR name another",
            code: .diskFull)
    }

    /// Throws if the target does not answer any more, for a cell's topic or at all: then nothing
    /// that follows could succeed.
    func checkReach(through session: CellSession? = nil) async throws(EngineError) {
        if loss.error == nil {
            do {
                if let session {
                    _ = try await session.offsets()
                } else {
                    try await controlClient.admin.checkReach()
                }
            } catch {
                noteFailure(error)
            }
        }
        if let error = loss.error { throw error }
    }

    /// Reports the target as lost if the error says that a call, tried again until its time was
    /// over, did not reach it.
    func noteFailure(_ error: any Error) {
        guard let error = error as? ClientError, error.isAboutReachability else { return }
        loss.report(EngineError("the cluster at \(bootstrapServers) does not answer any more: \(error)"))
    }

    private static let clusterByteLimit = 64 << 30

    /// Makes a topic and waits until its leaders are known.
    func makeTopic(_ topic: String, _ spec: TopicSpec) async throws {
        try await controlClient.admin.createTopics([
            NewTopic(
                name: topic, partitionCount: Int32(spec.partitions),
                replicationFactor: Int16(spec.replicationFactor ?? -1),
                configs: spec.configuration)
        ])
        try await controlClient.admin.waitForLeaders(of: [topic])
    }

    /// Deletes a topic.
    func deleteTopic(_ topic: String) async throws { try await controlClient.admin.deleteTopics([topic]) }

    /// Ends the broker, or the connection to the cluster.
    func close(warn: @Sendable (String) -> Void) async {
        await controlClient.close()
        broker?.stop()
        guard let dataDirectory else { return }
        do throws(EngineError) {
            try TemporaryFolder.remove(dataDirectory)
        } catch {
            warn("\(error)")
        }
    }
}
