import KafkaProtocol
import Networking
import System

/// The brokers of a cluster and the connections to them, which are made when they are needed. On
/// its loop only.
///
/// Each broker has one connection for short requests; a long poll must have its own
/// (`ownConnection`), as a broker answers the requests of a connection one after the other. The
/// connection that answered the bootstrap becomes that of the broker with the same address.
final class Cluster: @unchecked Sendable {
    let environment: ConnectionEnvironment
    @safe @exclusivity(unchecked) var metadata = MetadataCache()
    var refresh: MetadataRefresh
    @safe @exclusivity(unchecked) private var connections: [Int32: BrokerConnection] = [:]
    private var bootstrap: BrokerConnection?
    private var reconnects = ReconnectTimes()
    private var owned: [ObjectIdentifier: BrokerConnection] = [:]
    var coordinators = Coordinators()
    /// Calls that are under way, to be ended with this cluster.
    var pendingCalls: [ObjectIdentifier: PendingCall] = [:]
    /// The bootstrap server that the brokers' addresses were first heard from.
    private(set) var answeringBootstrapServer: SocketAddress?
    private(set) var isClosed = false

    init(_ environment: ConnectionEnvironment) {
        self.environment = environment
        refresh = MetadataRefresh(environment.configuration)
    }

    var configuration: ClientConfiguration { environment.configuration }

    /// The connection for short requests to a broker; nil if its address is not known.
    func connection(to node: Int32) -> BrokerConnection? {
        if let connection = connections[node], !connection.isClosed { return connection }
        guard !isClosed, let address = address(of: node) else { return nil }
        let connection = open(address, mayTakeOver: true) { [self] connection, error in
            lost(connection, error, node: node)
        }
        connections[node] = connection
        return connection
    }

    /// A connection to a broker that belongs to `user` alone: the one for short requests if nobody
    /// else uses this cluster, else a new one.
    func ownConnection(
        to node: Int32, for user: AnyObject, onClose: @escaping (ClientError?) -> Void
    ) -> BrokerConnection? {
        guard !isClosed, let address = address(of: node) else { return nil }
        let close: BrokerConnection.CloseHandler = { [self] connection, error in
            noteClosed(connection, error)
            onClose(error)
        }
        let connection: BrokerConnection
        let isAlone = isUsedOnly(by: user)
        if isAlone, let known = connections.removeValue(forKey: node), !known.isClosed {
            known.onClose = close
            connection = known
        } else {
            connection = open(address, mayTakeOver: isAlone, close)
        }
        owned[ObjectIdentifier(connection)] = connection
        return connection
    }

    /// Whether no other producer or consumer uses this cluster.
    func isUsedOnly(by user: AnyObject) -> Bool {
        refresh.observers.count == 1 && refresh.observers[0].owner == ObjectIdentifier(user)
    }

    /// A connection to whichever broker is nearest at hand: one that is open, else one that is
    /// being opened, else the next to try.
    func anyConnection() -> BrokerConnection? {
        var best: BrokerConnection?
        func consider(_ connection: BrokerConnection) {
            guard !connection.isClosed else { return }
            guard let other = best else { return best = connection }
            guard connection.isReady == other.isReady else { return best = connection.isReady ? connection : other }
            if connection.load < other.load { best = connection }
        }
        for connection in connections.values { consider(connection) }
        if let bootstrap { consider(bootstrap) }
        return best ?? openNext()
    }

    /// Opens a connection to the next broker in turn: those known, then the bootstrap servers.
    private func openNext() -> BrokerConnection? {
        guard !isClosed else { return nil }
        let nodes = metadata.nodes.keys.sorted()
        let servers = configuration.bootstrapServers
        guard !nodes.isEmpty || !servers.isEmpty else { return nil }
        let turn = refresh.turn % (nodes.count + servers.count)
        if turn < nodes.count, let connection = connection(to: nodes[turn]) { return connection }
        let server = servers[max(turn - nodes.count, 0) % servers.count]
        let connection = open(server, mayTakeOver: false) { [self] connection, error in
            noteClosed(connection, error)
        }
        bootstrap = connection
        return connection
    }

    /// Closes every connection; all that is under way fails at once, and all waits end.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        refresh.timer?.cancel()
        failWaiters(ClientError(.closed))
        for call in pendingCalls.values { call.end(ClientError(.closed)) }
        for connection in Array(connections.values) + Array(owned.values) + [bootstrap].compactMap(\.self) {
            connection.close(ClientError(.closed))
        }
        connections = [:]
        owned = [:]
        bootstrap = nil
        let observers = refresh.observers
        refresh.observers = []
        for observer in observers { observer.closed() }
    }

    /// After metadata came: the bootstrap connection becomes that of the broker it leads to.
    ///
    /// That is so where the broker's address is the one that was dialled, as whoever would dial it
    /// now would come to the same place; a load balancer's address, which no broker has, stays
    /// apart. Names that may stand for the same are looked up when they are needed.
    func adoptBootstrap() {
        guard let bootstrap, !bootstrap.isClosed else { return }
        for node in metadata.nodes.values where connections[node.id]?.isClosed ?? true {
            guard let address = address(of: node.id), address.port == bootstrap.address.port else { continue }
            let isSame = address == bootstrap.address || HostAddresses(numeric: address).map(bootstrap.leads) == true
            guard isSame else { continue }
            connections[node.id] = bootstrap
            self.bootstrap = nil
            return
        }
    }

    /// A bootstrap server answered: the brokers' addresses come from it.
    func noteBootstrapServer(_ connection: BrokerConnection) {
        guard answeringBootstrapServer != connection.address,
            configuration.bootstrapServers.contains(connection.address)
        else {
            return
        }
        answeringBootstrapServer = connection.address
    }

    /// The bootstrap server that an address came from, if it is not one that the user wrote.
    private func source(of address: SocketAddress) -> SocketAddress? {
        answeringBootstrapServer.flatMap { configuration.bootstrapServers.contains(address) ? nil : $0 }
    }

    /// A broker's address in words, if it is known.
    func name(of node: Int32?) -> String? { node.flatMap(address(of:))?.description }

    private func address(of node: Int32) -> SocketAddress? {
        metadata.nodes[node].map { SocketAddress(host: $0.host, port: UInt16(clamping: $0.port)) }
    }

    private func open(
        _ address: SocketAddress, mayTakeOver: Bool, _ onClose: @escaping BrokerConnection.CloseHandler
    ) -> BrokerConnection {
        let connection = BrokerConnection(
            to: address, learnedFrom: source(of: address), environment: environment, onClose: onClose)
        let atNs = reconnects.isEmpty ? 0 : reconnects.earliestNs(address.description)
        if mayTakeOver, let bootstrap, bootstrap.isReady, !bootstrap.isClosed, bootstrap.address.port == address.port,
            HostAddresses(numeric: address) == nil
        {
            openOrTakeOver(connection, atNs)
        } else {
            connection.open(atNs: atNs)
        }
        return connection
    }

    /// Looks a name up that may stand for where the bootstrap connection leads, and goes on with
    /// that one if it does.
    private func openOrTakeOver(_ connection: BrokerConnection, _ atNs: UInt64) {
        let deadlineNs = EventLoop.nowNs().later(byMs: configuration.connectTimeoutMs)
        Task(executorPreference: environment.loop) { [self] in
            // If that fails, it is looked up again, and the failure told, by whoever dials.
            let places = try? await connection.address.lookUp(on: environment.loop, deadlineNs: deadlineNs)
            guard !connection.isClosed else { return }
            guard let places, let bootstrap, bootstrap.leads(to: places) else {
                return connection.open(atNs: atNs, places: places)
            }
            self.bootstrap = nil
            connection.takeOver(bootstrap)
        }
    }

    private func lost(_ connection: BrokerConnection, _ error: ClientError?, node: Int32) {
        if connections[node] === connection { connections[node] = nil }
        noteClosed(connection, error)
    }

    private func noteClosed(_ connection: BrokerConnection, _ error: ClientError?) {
        owned[ObjectIdentifier(connection)] = nil
        if bootstrap === connection { bootstrap = nil }
        if let known = connections.first(where: { $0.value === connection }) { connections[known.key] = nil }
        // What this side closed in order may be opened again at once.
        guard !isClosed, let error, error.code != .closed else { return }
        reconnects.closed(
            connection.address.description, wasUseful: connection.answerCount > 1, nowNs: EventLoop.nowNs(),
            backoff: configuration.reconnectBackoff)
    }
}

/// When each address may be connected to again.
struct ReconnectTimes {
    private var failures: [String: Int] = [:]
    private var notBeforeNs: [String: UInt64] = [:]

    /// Whether nothing is known against any address.
    var isEmpty: Bool { notBeforeNs.isEmpty }

    /// The earliest time for the next attempt.
    func earliestNs(_ address: String) -> UInt64 { notBeforeNs[address] ?? 0 }

    /// A connection ended; one that answered something (`wasUseful`) makes earlier failures
    /// forgotten.
    mutating func closed(_ address: String, wasUseful: Bool, nowNs: UInt64, backoff: Backoff) {
        let count = wasUseful ? 1 : (failures[address] ?? 0) + 1
        failures[address] = count
        notBeforeNs[address] = nowNs + backoff.waitNs(afterFailures: count)
    }
}
