import Bytes
import Glibc
import KafkaProtocol
import Networking
import System

/// What a running broker consists of; on its loop only.
final class BrokerCore {
    /// The most bytes that the broker decompresses of one batch.
    private static let decompressedByteCountMax = 256 << 20
    private static let pooledByteCountMax = 64 << 20
    /// Descriptors left for whatever else the process has open.
    private static let reservedDescriptorCount = 64

    let configuration: BrokerConfiguration
    let loop: EventLoop
    let pool = BufferPool(keptByteCountMax: BrokerCore.pooledByteCountMax)
    let directory: DataDirectory
    let topics: Topics
    let offsets: CommittedOffsets
    let groups: Groups
    let writeLine: (String) -> Void
    let codecs = BatchCodecs(byteCountMax: BrokerCore.decompressedByteCountMax)
    let acceptance: BatchAcceptance
    let downConversion: DownConversion
    /// What slows requests down on purpose; nil where nothing does.
    let slowing: Slowing?
    let producerQuota: ByteQuota?
    let consumerQuota: ByteQuota?
    @safe @exclusivity(unchecked) var purgatory = FetchPurgatory<ObjectIdentifier>()
    @safe @exclusivity(unchecked) var parkedFetches: [FetchPurgatory<ObjectIdentifier>.Ticket: ParkedRequest] = [:]
    @safe @exclusivity(unchecked) var connections: [ObjectIdentifier: ClientConnection] = [:]
    /// Bytes of requests that wait behind another of their connection.
    var queuedRequestByteCount = 0
    var limiter = LineLimiter()
    private var readyClients: [ClientConnection] = []
    private var listener: Listener?
    private var idleSweep: EventLoop.Timer?

    /// The port that it listens on.
    var port: UInt16 { listener?.port ?? configuration.port }
    /// What clients are told to connect to.
    var advertised: (host: String, port: UInt16) { configuration.advertised ?? (configuration.host, port) }

    init(
        _ configuration: BrokerConfiguration, _ loop: EventLoop, _ onLog: @escaping @Sendable (String) -> Void
    ) throws(BrokerError) {
        try configuration.validate()
        // A write beyond RLIMIT_FSIZE must fail with an error instead of ending the process.
        _ = signal(SIGXFSZ, SIG_IGN)
        self.configuration = configuration
        self.loop = loop
        writeLine = onLog
        acceptance = BatchAcceptance(codecs: codecs)
        downConversion = DownConversion(codecs: codecs, byteCountMax: configuration.fetchByteCountMax)
        slowing = Slowing(configuration.slowing)
        producerQuota = ByteQuota(configuration.quotas.producerByteRate, configuration.quotas)
        consumerQuota = ByteQuota(configuration.quotas.consumerByteRate, configuration.quotas)
        let budget = DescriptorBudget(limit: DescriptorBudget.raiseProcessLimit() - Self.reservedDescriptorCount)
        do throws(StorageError) {
            directory = try DataDirectory(path: configuration.dataDirectory, nodeId: configuration.nodeId)
            let topics = try Topics(
                directory: directory, defaults: TopicConfiguration(configuration),
                producerExpirationMs: configuration.producerExpirationMs,
                openSegments: OpenSegments(countMax: budget.segmentCount), log: onLog)
            offsets = try CommittedOffsets(
                path: directory.offsetsJournal, isKnown: { topics.byId[$0] != nil }, log: onLog)
            self.topics = topics
            groups = try Groups(
                path: directory.groupsJournal, settings: configuration.groups, loop: loop,
                hasCommits: { [offsets] in offsets.store.groups[$0] != nil }, log: onLog)
        } catch {
            throw BrokerError(error)
        }
        try listen(connectionCountMax: min(configuration.connectionCountMax, budget.connectionCount))
        scheduleIdleSweep()
    }

    private func listen(connectionCountMax: Int) throws(BrokerError) {
        let limits = FrameLimits(maxFrameByteCount: configuration.requestByteCountMax, minFrameByteCount: 8)
        let options = SocketOptions(sendBufferByteCount: configuration.sendBufferByteCount.map { Int($0) })
        do throws(NetworkError) {
            listener = try Listener(
                at: SocketAddress(host: configuration.host, port: configuration.port), on: loop, pool: pool,
                limits: limits, options: options, connectionCountMax: connectionCountMax
            ) { [unowned self] in accept($0) }
        } catch {
            throw BrokerError(error)
        }
    }

    private func accept(_ connection: FramedConnection) {
        let client = ClientConnection(connection, core: self)
        connections[ObjectIdentifier(client)] = client
    }

    /// Forgets a connection that is closed.
    func closed(_ client: ClientConnection) { connections[ObjectIdentifier(client)] = nil }

    /// Serves the next request of a client whose wait is over: after the current request and not
    /// within it, as fetches that wake one another would nest without bound.
    func serveNext(_ client: ClientConnection) {
        readyClients.append(client)
        guard readyClients.count == 1 else { return }
        var index = 0
        while index < readyClients.count {
            readyClients[index].serveWaiting()
            index += 1
        }
        readyClients.removeAll(keepingCapacity: true)
    }

    /// Closes everything.
    func stop() {
        idleSweep?.cancel()
        listener?.close()
        for client in connections.values { client.close() }
        connections = [:]
        groups.close()
        if let summary = slowing?.summary { writeLine(summary) }
        topics.close()
        directory.unlock()
    }

    /// Closes connections that were silent for too long; looks four times in that span.
    private func scheduleIdleSweep() {
        let spanNs = UInt64.nanoseconds(ofMs: Int(configuration.connectionIdleMsMax))
        idleSweep = loop.schedule(atNs: EventLoop.nowNs().later(by: max(spanNs / 4, 1_000_000))) { [weak self] in
            guard let self else { return }
            let cutoffNs = EventLoop.nowNs().earlier(by: spanNs)
            for client in connections.values where client.isIdle(since: cutoffNs) { client.close() }
            scheduleIdleSweep()
        }
    }
}

extension TopicConfiguration {
    /// The settings of a topic whose creator sets none.
    init(_ configuration: BrokerConfiguration) {
        self.init(
            segmentByteCount: configuration.segmentByteCount, maxMessageByteCount: configuration.messageByteCountMax)
        timestampType = configuration.timestampType
    }
}
