import Bytes
import KafkaProtocol
import Networking
import Synchronization

/// Stands before a broker and makes two of it, which lead the partitions in turn; the second, or
/// what the second leads, falls silent for a while.
final class TwoLeaders: @unchecked Sendable {
    /// What falls silent.
    enum Silence: Sendable {
        case none
        /// The second broker answers nothing.
        case broker
        /// Fetches of this partition bring nothing, and those of others go on.
        case partition(Int32)
    }

    private let loop: EventLoop
    private let brokerPort: UInt16
    private let pool = BufferPool(keptByteCountMax: 1 << 20)
    private let silence: Silence
    /// For which API, and how many of its requests are served before.
    private let api: ApiKey
    private let servedCount: Int
    private let silentNs: UInt64
    private var listeners: [Listener] = []
    private var relays: [ObjectIdentifier: Relay] = [:]
    private var requestCount = 0
    private(set) var silentUntilNs: UInt64?
    /// Where each listens.
    var ports: [UInt16] { listeners.map(\.port) }

    /// Two brokers at ports of their own, which are silent for so long from a request on.
    static func listen(
        before brokerPort: UInt16, on loop: EventLoop, silent silence: Silence, from api: ApiKey, after count: Int,
        forMs: Int
    ) async throws -> TwoLeaders {
        let both = TwoLeaders(brokerPort, loop, silence, api, count, UInt64(forMs) * 1_000_000)
        try await Task(executorPreference: loop) {
            for node in 1...2 {
                let address = SocketAddress(host: "127.0.0.1", port: 0)
                both.listeners.append(
                    try Listener(at: address, on: loop, pool: both.pool) { [unowned both] client in
                        let relay = Relay(client, node: Int32(node), both)
                        both.relays[ObjectIdentifier(relay)] = relay
                        relay.dial(SocketAddress(host: "127.0.0.1", port: brokerPort))
                    })
            }
        }.value
        return both
    }

    private init(
        _ brokerPort: UInt16, _ loop: EventLoop, _ silence: Silence, _ api: ApiKey, _ count: Int, _ silentNs: UInt64
    ) {
        self.brokerPort = brokerPort
        self.loop = loop
        self.silence = silence
        self.api = api
        servedCount = count
        self.silentNs = silentNs
    }

    /// Whether it is time to be silent; counts a request.
    private func isSilent(_ header: RequestHeader, node: Int32) -> Bool {
        if header.apiKey == api, node == 2 { requestCount += 1 }
        let nowNs = EventLoop.nowNs()
        if requestCount > servedCount, silentUntilNs == nil { silentUntilNs = nowNs + silentNs }
        return nowNs < silentUntilNs ?? 0
    }

    /// One connection of a client and the one to the broker behind it; on the loop.
    private final class Relay: @unchecked Sendable {
        let client: FramedConnection
        let node: Int32
        unowned let both: TwoLeaders
        var broker: FramedConnection?
        var undelivered: [ByteBuffer] = []
        /// The requests that wait for their answers.
        var asked: [(header: RequestHeader, isSilent: Bool)] = []
        /// Answers that are kept back, in their order.
        var late: [ByteBuffer] = []

        init(_ client: FramedConnection, node: Int32, _ both: TwoLeaders) {
            (self.client, self.node, self.both) = (client, node, both)
        }

        func dial(_ address: SocketAddress) {
            client.onFrame = { [self] in fromClient($0) }
            client.onClose = { [self] _ in
                broker?.close()
                both.relays[ObjectIdentifier(self)] = nil
            }
            Task(executorPreference: both.loop) { await self.connect(address) }
        }

        private func connect(_ address: SocketAddress) async {
            do throws(NetworkError) {
                let broker = try await FramedConnection.connect(
                    to: address, on: both.loop, pool: both.pool, deadlineNs: EventLoop.nowNs() + 10_000_000_000)
                guard client.isOpen else { return broker.close() }
                self.broker = broker
                broker.onFrame = { [self] in fromBroker($0) }
                broker.onClose = { [self] _ in client.close() }
                for frame in undelivered { Self.pass(frame, to: broker) }
                undelivered = []
            } catch {
                client.close()
            }
        }

        private func fromClient(_ frame: ByteBuffer) {
            var reader = WireReader(frame.bytes)
            guard let header = try? RequestHeader(parsing: &reader) else { return client.close() }
            asked.append((header, both.isSilent(header, node: node)))
            if let broker { Self.pass(frame, to: broker) } else { undelivered.append(frame) }
        }

        private func fromBroker(_ frame: ByteBuffer) {
            guard !asked.isEmpty else { return client.close() }
            let (header, isSilent) = asked.removeFirst()
            do {
                if case .broker = both.silence, node == 2, isSilent || !late.isEmpty {
                    if late.isEmpty { both.loop.schedule(atNs: both.silentUntilNs ?? 0) { self.release() } }
                    late.append(frame)
                } else if header.apiKey == .metadata {
                    try send(try metadata(frame, header), header, [])
                } else if isSilent, header.apiKey == .fetch, case .partition(let partition) = both.silence {
                    let (response, records) = try without(partition, frame, header)
                    try send(response, header, records)
                } else {
                    Self.pass(frame, to: client)
                }
            } catch {
                client.close()
            }
        }

        private func release() {
            for frame in late { Self.pass(frame, to: client) }
            late = []
        }

        private func metadata(_ frame: ByteBuffer, _ header: RequestHeader) throws(WireError) -> MetadataResponse {
            var response: MetadataResponse = try parsed(frame, header)
            guard let broker = response.brokers.first else { return response }
            response.brokers = both.ports.enumerated().map { index, port in
                var made = broker
                (made.nodeId, made.port) = (Int32(index + 1), Int32(port))
                return made
            }
            for topic in response.topics.indices {
                for at in response.topics[topic].partitions.indices {
                    response.topics[topic].partitions[at].leaderId =
                        1 + response.topics[topic].partitions[at].partitionIndex % 2
                }
            }
            return response
        }

        private func without(
            _ partition: Int32, _ frame: ByteBuffer, _ header: RequestHeader
        ) throws(WireError) -> (FetchResponse, [Range<Int>]) {
            var response: FetchResponse = try parsed(frame, header)
            var records: [Range<Int>] = []
            for topic in response.responses.indices {
                for at in response.responses[topic].partitions.indices {
                    let found = response.responses[topic].partitions[at]
                    if found.partitionIndex == partition {
                        response.responses[topic].partitions[at].records = RecordsField(byteCount: 0)
                    } else if let range = found.records?.byteRange, !range.isEmpty {
                        records.append(range)
                    }
                }
            }
            kept = frame
            return (response, records)
        }

        /// What the ranges of records are of.
        private var kept = ByteBuffer(capacity: 1)

        private func parsed<Response: KafkaMessage>(
            _ frame: ByteBuffer, _ header: RequestHeader
        ) throws(WireError) -> Response {
            var reader = WireReader(frame.bytes)
            _ = try ResponseHeader(parsing: &reader, api: Response.api, version: header.apiVersion)
            return try Response(parsing: &reader, version: header.apiVersion)
        }

        private func send(
            _ response: some KafkaMessage, _ header: RequestHeader, _ records: [Range<Int>]
        ) throws(WireError) {
            let head = ByteBuffer(capacity: 1_024)
            let splices = try encodeResponse(
                response, version: header.apiVersion, correlationId: header.correlationId, into: head)
            var parts: [OutputPart] = []
            var at = 0
            for (splice, range) in zip(splices.filter { $0.byteCount > 0 }, records) {
                parts += [.buffer(head, at..<splice.offset), .buffer(kept, range)]
                at = splice.offset
            }
            client.send(parts + [.buffer(head, at..<head.count)])
        }

        private static func pass(_ frame: ByteBuffer, to connection: FramedConnection) {
            let length = ByteBuffer(capacity: 4)
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> (24 - 8 * $0)) }
            length.append(bytes.span.bytes)
            connection.send([.buffer(length), .buffer(frame)])
        }
    }
}
