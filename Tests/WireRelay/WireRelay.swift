import Bytes
public import KafkaProtocol
public import Networking

/// Stands between a client and a broker, and notes at which depth each request goes out: one more
/// than the deepest answer before it.
///
/// No clock is involved. An answer is held until the client's loop has come to rest, and then let
/// through alone; so whatever the client sends without needing that answer has passed before it,
/// and what comes after it needed it. Let the client's tasks prefer its loop
/// (`Task(executorPreference:)`), or they hop by way of a pool that nobody can see at rest.
public final class WireRelay: @unchecked Sendable {
    /// What passed on the way to the broker.
    public enum Event: Equatable, Sendable {
        /// The client opened its nth connection, from 1.
        case opened(connection: Int)
        /// The client sent a request.
        case request(ApiKey, version: Int16, connection: Int)
    }

    /// An event and its depth: 1 before any answer.
    public struct Entry: Equatable, Sendable {
        /// What it was.
        public let event: Event
        /// How many serial round trips it ends, TCP handshakes apart.
        public let depth: Int
    }

    private struct Held {
        let frame: ByteBuffer
        let depth: Int
        let connection: RelayedConnection
    }

    /// The loop that it lives on.
    public let loop: EventLoop
    /// Where clients connect to.
    public private(set) var port: UInt16 = 0
    let pool = BufferPool(keptByteCountMax: 1 << 20)
    private var watched: EventLoop
    private var listener: Listener?
    private var broker: SocketAddress?
    private var connections: [RelayedConnection] = []
    private var entries: [Entry] = []
    private var deepestAnswer = 0
    private var held: [Held] = []
    private var isReleasing = false
    /// Counts what came from clients, so that rest can be told.
    private var activity = 0

    /// A relay that listens on a free port, and refuses everybody until it knows where to lead
    /// them; stop `loop` to end it.
    public static func listen(on loop: EventLoop) async throws -> WireRelay {
        let relay = WireRelay(loop)
        try await relay.run { (relay) throws(NetworkError) in
            let address = SocketAddress(host: "127.0.0.1", port: 0)
            let listener = try Listener(at: address, on: relay.loop, pool: relay.pool) { relay.accept($0) }
            relay.listener = listener
            relay.port = listener.port
        }
        return relay
    }

    private init(_ loop: EventLoop) {
        watched = loop
        self.loop = loop
    }

    /// Passes what clients on the loop `watched` send from now on to this broker.
    public func lead(to broker: SocketAddress, watching watched: EventLoop) async throws {
        try await run { (relay) throws(NetworkError) in
            relay.broker = broker
            relay.watched = watched
        }
    }

    /// What passed since the last call, in order; depths begin at 1 again.
    public func takeEntries() async throws -> [Entry] {
        try await run { (relay) throws(NetworkError) in
            defer {
                relay.entries = []
                relay.deepestAnswer = 0
            }
            return relay.entries
        }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable (WireRelay) throws(NetworkError) -> Value
    ) async throws -> Value {
        let result: Result<Value, NetworkError> = await withCheckedContinuation { continuation in
            loop.execute { [self] in
                do throws(NetworkError) {
                    continuation.resume(returning: .success(try body(self)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private func accept(_ client: FramedConnection) {
        guard let broker else { return client.close() }
        activity += 1
        let number = connections.count + 1
        entries.append(Entry(event: .opened(connection: number), depth: deepestAnswer + 1))
        let connection = RelayedConnection(client, number: number, relay: self)
        connections.append(connection)
        connection.dial(broker)
    }

    func sent(_ api: ApiKey, _ version: Int16, on connection: RelayedConnection) {
        activity += 1
        let depth = deepestAnswer + 1
        entries.append(
            Entry(event: .request(api, version: version, connection: connection.number), depth: depth))
        connection.depths.append(depth)
    }

    func answered(_ frame: ByteBuffer, _ depth: Int, on connection: RelayedConnection) {
        held.append(Held(frame: frame, depth: depth, connection: connection))
        guard !isReleasing else { return }
        isReleasing = true
        Task(executorPreference: loop) { await self.release() }
    }

    /// Lets answers through, one by one, each when the client has nothing left to do without it.
    private func release() async {
        while !held.isEmpty {
            await waitForRest()
            let next = held.removeFirst()
            deepestAnswer = max(deepestAnswer, next.depth)
            next.connection.deliver(next.frame)
        }
        isReleasing = false
    }

    /// Returns when both loops went through many turns in which the client sent nothing.
    private func waitForRest() async {
        var seen = -1
        while seen != activity {
            seen = activity
            for _ in 0..<16 {
                await hop(watched)
                await hop(loop)
            }
        }
    }

    private func hop(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
    }
}

extension [WireRelay.Entry] {
    /// How many connections were opened.
    public var connectionCount: Int {
        count { if case .opened = $0.event { true } else { false } }
    }

    /// The depths of the requests of an API, in order.
    public func depths(_ api: ApiKey) -> [Int] {
        compactMap { if case .request(api, _, _) = $0.event { $0.depth } else { nil } }
    }
}
