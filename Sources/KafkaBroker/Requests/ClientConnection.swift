import Bytes
import KafkaProtocol
import Networking
import System

/// A client: its requests are answered one at a time and in order, as Kafka does.
///
/// While a request is in progress, or while the client does not take its responses, at most one
/// further frame is held and the socket is not read; so a client can neither be answered out of
/// order nor make the broker hold more than a response or two for it.
final class ClientConnection {
    /// Responses that may wait for the client to take them before its next request is looked at.
    private static let unsentByteCountMax = 1 << 20

    private let connection: FramedConnection
    private unowned let core: BrokerCore
    @safe @exclusivity(unchecked) private var waiting: [ByteBuffer] = []
    private var inProgress: Exchange?
    private var isServing = false
    private var lastActiveNs = EventLoop.nowNs()
    /// The request in progress, while its answer waits.
    var parked: ParkedRequest?
    /// Whether a quota keeps the client's requests from being looked at, until the timer runs out.
    private var isMuted = false
    private var muting: EventLoop.Timer?
    // Asked at every request, where a reference would be retained.
    private let isSlowed: Bool

    var loop: EventLoop { connection.loop }
    var remoteAddress: SocketAddress { connection.remoteAddress }

    init(_ connection: FramedConnection, core: BrokerCore) {
        self.connection = connection
        self.core = core
        isSlowed = core.slowing != nil
        connection.drainByteCount = Self.unsentByteCountMax
        // These references hold until the connection is closed, which the broker sees to when it
        // stops.
        connection.onClose = { [self, core] error in closed(error, core) }
        connection.onDrain = { [unowned self] in serveWaiting() }
        connection.onFrame = { [unowned self] in received($0) }
    }

    /// Whether nothing moved since `cutoffNs`, in either direction.
    func isIdle(since cutoffNs: UInt64) -> Bool { lastActiveNs < cutoffNs && inProgress == nil && !isMuted }

    func close() {
        abandonParked()
        connection.close()
    }

    private func abandonParked() {
        let parked = self.parked
        self.parked = nil
        parked?.end(.abandoned)
    }

    private var isBlocked: Bool {
        inProgress != nil || isMuted || connection.queuedByteCount > Self.unsentByteCountMax
    }

    private func received(_ frame: ByteBuffer) {
        lastActiveNs = EventLoop.nowNs()
        guard isBlocked || isServing else { return serve(frame) }
        waiting.append(frame)
        core.queuedRequestByteCount += frame.count
        connection.pauseReading()
        if core.queuedRequestByteCount > core.configuration.queuedRequestByteCountMax {
            refuse("more than queued.max.request.bytes of requests wait, this one's \(frame.count) among them")
        }
    }

    /// Serves the requests that wait, as far as the connection can take their responses.
    func serveWaiting() {
        lastActiveNs = EventLoop.nowNs()
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        while connection.isOpen, !isBlocked, !waiting.isEmpty {
            let frame = waiting.removeFirst()
            core.queuedRequestByteCount -= frame.count
            serve(frame)
        }
        if connection.isOpen, waiting.isEmpty { connection.resumeReading() }
    }

    /// Reads the header and hands the request to its API; what cannot be understood ends the
    /// connection.
    private func serve(_ frame: ByteBuffer) {
        var reader = WireReader(frame.bytes)
        let exchange: Exchange
        do throws(WireError) {
            let header = try RequestHeader(parsing: &reader)
            exchange = Exchange(header: header, frame: frame, client: self, core: core)
            inProgress = exchange
            if isSlowed { core.slowing?.burn(exchange.apiKey) }
            try ServedApi.serve(core, &reader, exchange)
        } catch {
            let what = inProgress.map { "that cannot be read as \($0.apiKey.name) version \($0.version)" }
            refuse("a request of \(frame.count) bytes \(what ?? "whose header cannot be read"): \(error)")
        }
    }

    /// Closes the connection of a client that breaks the protocol.
    func refuse(_ reason: String) {
        guard connection.isOpen else { return }
        core.log("\(remoteAddress): closed: \(reason)")
        connection.close()
    }

    /// Sends the response to the request in progress, if it has one, and goes on with the next.
    func finish(_ exchange: Exchange, _ parts: [OutputPart], head: ByteBuffer?) {
        guard inProgress === exchange else { return }
        if isSlowed, let head, delay(exchange, parts, head) { return }
        complete(exchange, parts, head: head)
    }

    /// Puts off a response that is ready, where the broker is slow on purpose.
    private func delay(_ exchange: Exchange, _ parts: [OutputPart], _ head: ByteBuffer) -> Bool {
        let readyNs = EventLoop.nowNs()
        guard let slowing = core.slowing else { return false }
        let delayNs = slowing.nextDelayNs(exchange.apiKey, atNs: readyNs)
        guard delayNs > 0 else { return false }
        _ = exchange.park(untilNs: readyNs.later(by: delayNs)) { [self] end in
            guard end != .abandoned else { return core.pool.give(head) }
            slowing.waited(EventLoop.nowNs().since(readyNs))
            complete(exchange, parts, head: head)
        }
        return true
    }

    private func complete(_ exchange: Exchange, _ parts: [OutputPart], head: ByteBuffer?) {
        inProgress = nil
        parked = nil
        exchange.releaseFrame()
        if let head { connection.send(parts) { [pool = core.pool] in pool.give(head) } }
        if exchange.throttleMs > 0 { mute(forMs: exchange.throttleMs) }
        if !waiting.isEmpty, !isServing { core.serveNext(self) }
    }

    /// Looks at no request of this client for the time that its answer has told it of (KIP-219).
    private func mute(forMs ms: Int32) {
        guard connection.isOpen else { return }
        isMuted = true
        muting = loop.schedule(atNs: EventLoop.nowNs().later(byMs: Int(ms))) { [weak self] in
            guard let self else { return }
            (isMuted, muting) = (false, nil)
            serveWaiting()
        }
    }

    /// The errors of clients that break the protocol; other errors are not logged.
    private static let loggedCodes: Set<NetworkError.Code> = [
        .frameTooLarge, .frameTooSmall, .negativeFrameLength, .foreignProtocol,
    ]

    private func closed(_ error: NetworkError?, _ core: BrokerCore) {
        if let error, Self.loggedCodes.contains(error.code) {
            core.log("\(error); closed")
        }
        for frame in waiting {
            core.queuedRequestByteCount -= frame.count
            core.pool.give(frame)
        }
        waiting = []
        inProgress = nil
        muting?.cancel()
        abandonParked()
        core.closed(self)
    }
}
