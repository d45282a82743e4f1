import Bytes
import KafkaProtocol
import Networking
import System

extension BrokerConnection {
    /// Begins to connect, at once or when a back-off has passed; `places` is what a name was found
    /// to stand for, if that is known.
    func open(atNs: UInt64, places: HostAddresses? = nil) {
        guard atNs > EventLoop.nowNs() else { return connect(places) }
        let loop = environment.loop
        timer = loop.schedule(atNs: atNs, onStop: { [self] in close(ClientError(.closed)) }) { [self] in connect(nil) }
    }

    private func connect(_ places: HostAddresses?) {
        guard !isClosed else { return }
        let beginNs = EventLoop.nowNs()
        let deadlineNs = beginNs.later(byMs: environment.configuration.connectTimeoutMs)
        environment.metrics.connectionCount += 1
        let limits = FrameLimits(
            maxFrameByteCount: environment.configuration.receiveByteCountMax, minFrameByteCount: 4)
        var isAtOnce = true
        let dialing = FramedConnection.connect(
            to: address, at: places, on: environment.loop, pool: environment.pool, limits: limits,
            deadlineNs: deadlineNs
        ) { [self] result in
            // Whoever opens this connection has yet to be told of it, and only then of its end.
            if isAtOnce, case .failure = result { return environment.loop.execute { self.connected(result, beginNs) } }
            connected(result, beginNs)
        }
        isAtOnce = false
        if socket == nil { self.dialing = dialing }
    }

    private func connected(_ result: Result<FramedConnection, NetworkError>, _ beginNs: UInt64) {
        dialing = nil
        if isClosed, case .failure = result { return }
        switch result {
        case .failure(let error):
            environment.trace(.connect, from: beginNs, isSuccess: false)
            environment.metrics.failedConnectionCount += 1
            close(connectError(error))
        case .success(let socket):
            environment.trace(.connect, from: beginNs, isSuccess: true)
            guard !isClosed else { return socket.close() }
            use(socket)
            perform(handshake.connected())
            sendUnsent()
        }
    }

    private func use(_ socket: FramedConnection) {
        self.socket = socket
        environment.metrics.opened(socket, by: self)
        socket.onFrame = { [self] in received($0) }
        socket.onClose = { [self] in socketClosed($0) }
    }

    func sendUnsent() {
        let requests = unsent
        unsent = []
        for request in requests { send(request) }
    }

    private func perform(_ action: Handshake.Action) {
        switch action {
        case .ask(let version):
            // A broker that is older than the question may be older than what was assumed.
            if handshake.isFallingBack { environment.assumesVersions = false }
            ask(version)
        case .ready(let served):
            self.served = served
            environment.served = served
            environment.assumesVersions = true
            isReady = true
            if learnedFrom != nil { environment.hasReachedNode = true }
            sendUnsent()
        case .fail(let code): close(withHint(ClientError(code, api: .apiVersions)))
        }
    }

    private func ask(_ version: Int16) {
        do throws(ClientError) {
            try transmit(versionsRequest(), version: version)
        } catch {
            close(error)
        }
    }

    private func versionsRequest() -> PendingRequest {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "weir"
        request.clientSoftwareVersion = "1"
        return PendingRequest(
            request, clientId: environment.configuration.clientId,
            timeoutMs: environment.configuration.requestTimeoutMs
        ) { [self] (request, outcome) throws(ClientError) in
            guard case .answered(let frame) = outcome else { return }
            defer { environment.pool.give(frame) }
            let response = try readVersions(frame, version: request.version)
            perform(handshake.answered(response.errorCode, ServedVersions(response)))
        }
    }

    private func readVersions(_ frame: ByteBuffer, version: Int16) throws(ClientError) -> ApiVersionsResponse {
        // A broker that does not know the version asked in answers in the layout of version 0: an
        // error right behind the correlation id.
        if version > 0, Self.errorCode(frame) == .unsupportedVersion {
            return try read(ApiVersionsResponse.self, frame, version: 0)
        }
        return try read(ApiVersionsResponse.self, frame, version: version)
    }

    private static func errorCode(_ frame: ByteBuffer) -> ErrorCode? {
        guard frame.count >= 6 else { return nil }
        var reader = WireReader(frame.bytes.extracting(4..<6))
        return (try? reader.readInteger(Int16.self)).map(ErrorCode.init(rawValue:))
    }

    // MARK: What was assumed wrongly

    /// Whether a request went out in a version that was only assumed, and that the broker turned
    /// out not to serve.
    func wasSentInUnservedVersion(_ request: PendingRequest) -> Bool {
        request.isVersionAssumed && isReady && !served.serves(request.api, request.version)
    }

    /// Dials once more if the broker hung up on a request in a version that it does not serve, as
    /// brokers do; false if it hung up on something else. What it can have carried out is not sent
    /// again, but fails.
    func reopenForServedVersions() -> Bool {
        guard !hasReopened, isReady ? queue.contains(where: wasSentInUnservedVersion) : handshake.isFallingBack else {
            return false
        }
        hasReopened = true
        if let socket { environment.metrics.closed(socket, silence) }
        socket = nil
        handshake = Handshake()
        let requests = queue.takeAll().filter { $0.api != .apiVersions }
        let isRefused = requests.map { wasSentInUnservedVersion($0) || $0.records.isEmpty }
        isReady = false
        for request in requests { recycleHead(request) }
        let again = zip(requests, isRefused).filter(\.1).map(\.0)
        for request in again { request.wasSent = false }
        unsent = again + unsent
        connect(nil)
        for (request, isRefused) in zip(requests, isRefused) where !isRefused {
            finish(request, .failed(ClientError(.connectionClosed), wasSent: true))
        }
        return true
    }

    // MARK: One place, two names

    /// Whether this connection, which is up, leads to one of these places.
    func leads(to places: HostAddresses) -> Bool { isReady && socket.map(places.contain) == true }

    /// Goes on with the socket of another connection, which leads to where this one would, and with
    /// what is under way there.
    func takeOver(_ other: BrokerConnection) {
        guard let socket = other.socket else { return }
        precondition(self.socket == nil && other.isReady && other.unwritten.isEmpty)
        (handshake, queue, served) = (other.handshake, other.queue, other.served)
        (isReady, answerCount, hasReopened) = (true, other.answerCount, other.hasReopened)
        waits = other.waits
        environment.hasReachedNode = true
        other.timer?.cancel()
        other.holdTimer?.cancel()
        hold(untilNs: other.heldUntilNs)
        unsent = other.unsent + unsent
        other.unsent = []
        other.socket = nil
        other.isClosed = true
        use(socket)
        armTimer()
        sendUnsent()
    }
}
