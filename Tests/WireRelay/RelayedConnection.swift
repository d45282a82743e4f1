import Bytes
import KafkaProtocol
import Networking

/// One connection of a client and the one to the broker behind it; on the relay's loop.
final class RelayedConnection: @unchecked Sendable {
    let number: Int
    private let client: FramedConnection
    private var broker: FramedConnection?
    private var undelivered: [ByteBuffer] = []
    private unowned let relay: WireRelay
    /// The depths of the requests that wait for their answers.
    var depths: [Int] = []

    init(_ client: FramedConnection, number: Int, relay: WireRelay) {
        self.client = client
        self.number = number
        self.relay = relay
    }

    func dial(_ address: SocketAddress) {
        client.onFrame = { [self] in fromClient($0) }
        client.onClose = { [self] _ in broker?.close() }
        Task(executorPreference: relay.loop) { await self.connect(address) }
    }

    private func connect(_ address: SocketAddress) async {
        do throws(NetworkError) {
            let broker = try await FramedConnection.connect(
                to: address, on: relay.loop, pool: relay.pool, deadlineNs: EventLoop.nowNs() + 10_000_000_000)
            guard client.isOpen else { return broker.close() }
            self.broker = broker
            broker.onFrame = { [self] in fromBroker($0) }
            broker.onClose = { [self] _ in client.close() }
            for frame in undelivered { pass(frame, to: broker) }
            undelivered = []
        } catch {
            client.close()
        }
    }

    func deliver(_ frame: ByteBuffer) { pass(frame, to: client) }

    private func fromClient(_ frame: ByteBuffer) {
        var reader = WireReader(frame.bytes)
        guard let header = try? RequestHeader(parsing: &reader) else { return client.close() }
        relay.sent(header.apiKey, header.apiVersion, on: self)
        if let broker { pass(frame, to: broker) } else { undelivered.append(frame) }
    }

    private func fromBroker(_ frame: ByteBuffer) {
        guard !depths.isEmpty else { return client.close() }
        relay.answered(frame, depths.removeFirst(), on: self)
    }

    private func pass(_ frame: ByteBuffer, to connection: FramedConnection) {
        let length = ByteBuffer(capacity: 4)
        length.append(bigEndian(UInt32(frame.count)).span.bytes)
        connection.send([.buffer(length), .buffer(frame)])
    }
}

private func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
