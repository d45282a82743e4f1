import Bytes
import KafkaProtocol
import Networking

/// One connection to a broker: opened when the first request is there, closed by the first thing
/// that breaks the protocol.
///
/// Requests are taken at any time. Those that come before TCP is connected wait, and go out right
/// behind the question for versions; for them the versions are assumed that the cluster served
/// before, and if that was wrong they are sent again in others. On its loop only.
final class BrokerConnection: @unchecked Sendable {
    typealias CloseHandler = (BrokerConnection, ClientError?) -> Void

    let address: SocketAddress
    /// The bootstrap server behind which the address was heard, if the user did not write it.
    let learnedFrom: SocketAddress?
    let environment: ConnectionEnvironment
    /// Called once, by `close` or when the connection is lost.
    var onClose: CloseHandler
    var socket: FramedConnection?
    var handshake = Handshake()
    @safe @exclusivity(unchecked) var queue = RequestQueue<PendingRequest>()
    @safe @exclusivity(unchecked) var unsent: [PendingRequest] = []
    /// Requests without answers that the kernel has not taken whole yet, oldest first.
    var unwritten: [(request: PendingRequest, deadlineNs: UInt64)] = []
    var served: ServedVersions
    var timer: EventLoop.Timer?
    var timerNs = UInt64.max
    /// Whether the broker has said what it serves.
    var isReady = false
    /// Whether it was dialled a second time, because of a version that was wrongly assumed.
    var hasReopened = false
    var isClosed = false
    /// Until when a quota lets nothing go out; 0 for none.
    var heldUntilNs: UInt64 = 0
    var holdTimer: EventLoop.Timer?
    /// Answers received.
    var answerCount = 0
    /// How long its requests waited in the window that is measured.
    var waits = AnswerWaits(fromNs: 0)
    /// The dialling that is under way, to be given up with the connection.
    var dialing: Task<Void, Never>?

    init(
        to address: SocketAddress, learnedFrom: SocketAddress? = nil, environment: ConnectionEnvironment,
        onClose: @escaping CloseHandler
    ) {
        self.address = address
        self.learnedFrom = learnedFrom
        self.environment = environment
        self.onClose = onClose
        served = environment.served
    }

    /// Requests that are not finished.
    var load: Int { queue.count + unsent.count + unwritten.count }

    /// Sends a request as soon as it can be; `request` gets its outcome in any case.
    func send(_ request: PendingRequest) {
        guard !isClosed else { return finish(request, .failed(ClientError(.connectionClosed), wasSent: false)) }
        guard socket != nil, heldUntilNs == 0, isReady || environment.assumesVersions else {
            return unsent.append(request)
        }
        transmit(request)
    }

    /// Closes; what is under way fails with `error`. A connection that was at rest, as brokers
    /// close them after a while, is not counted as lost.
    func close(_ error: ClientError? = nil, wasAtRest: Bool = false) {
        guard !isClosed else { return }
        isClosed = true
        timer?.cancel()
        dialing?.cancel()
        dialing = nil
        holdTimer?.cancel()
        if socket != nil, let error, error.code != .closed, !wasAtRest { environment.metrics.lostConnectionCount += 1 }
        if socket != nil { noteWaiting() }
        let requests = queue.takeAll() + unwritten.map(\.request) + unsent
        unsent = []
        unwritten = []
        if let socket {
            environment.metrics.closed(socket, silence)
            // Its end is reported here, and frames that it has read are dropped.
            socket.close()
            socket.onFrame = nil
            socket.onClose = nil
        }
        socket = nil
        onClose(self, error)
        for request in requests { finish(request, .failed(error ?? ClientError(.closed), wasSent: request.wasSent)) }
    }

    // MARK: Requests

    func transmit(_ request: PendingRequest) {
        do throws(ClientError) {
            try transmit(request, version: try served.version(of: request.api))
        } catch {
            finish(request, .failed(error, wasSent: false))
        }
    }

    func transmit(_ request: PendingRequest, version: Int16) throws(ClientError) {
        guard let socket else { return }
        let nowNs = EventLoop.nowNs()
        let correlationId = queue.makeCorrelationId()
        let head = environment.pool.take(512)
        let splices = try encode(request, version, correlationId, head)
        request.version = version
        request.sentNs = nowNs
        request.roundTripsBefore = environment.roundTripCount
        request.wasSent = true
        request.isVersionAssumed = !isReady
        request.head = head
        environment.metrics.sent(request.api)
        let deadlineNs = nowNs + request.timeoutNs
        if request.isAnswered {
            queue.sent(request, correlationId: correlationId, deadlineNs: deadlineNs)
            if splices.isEmpty { socket.send(head) } else { socket.send(gathered(head, splices, request.records)) }
        } else {
            unwritten.append((request, deadlineNs))
            socket.send(gathered(head, splices, request.records)) { [self] in written() }
        }
        if deadlineNs < timerNs { armTimer() }
        request.onSend?(nowNs)
    }

    /// The kernel has taken the oldest of the requests that get no answer.
    private func written() {
        guard !unwritten.isEmpty else { return }
        let request = unwritten.removeFirst().request
        noteAnswer(to: request)
        recycleHead(request)
        trace(request, isSuccess: true)
        finish(request, .sent)
    }

    func recycleHead(_ request: PendingRequest) {
        if let head = request.head { environment.pool.give(head) }
        request.head = nil
    }

    private func encode(
        _ request: PendingRequest, _ version: Int16, _ correlationId: Int32, _ head: ByteBuffer
    ) throws(ClientError) -> [Splice] {
        do throws(WireError) {
            return try request.encode(version, correlationId, head)
        } catch {
            throw ClientError(.invalidArgument("the request cannot be written: \(error)"), api: request.api)
        }
    }

    private func gathered(
        _ head: ByteBuffer, _ splices: [Splice], _ records: [(buffer: ByteBuffer, range: Range<Int>)]
    ) -> [OutputPart] {
        guard !splices.isEmpty else { return [.buffer(head, 0..<head.count)] }
        var parts: [OutputPart] = []
        parts.reserveCapacity(splices.count * 2 + 1)
        var at = 0
        for (splice, part) in zip(splices, records) {
            parts.append(.buffer(head, at..<splice.offset))
            parts.append(.buffer(part.buffer, part.range))
            at = splice.offset
        }
        if at < head.count { parts.append(.buffer(head, at..<head.count)) }
        return parts
    }

    func received(_ frame: ByteBuffer) {
        do throws(ClientError) {
            let correlationId = try Self.correlationId(frame)
            let request = try queue.answered(correlationId)
            answerCount += 1
            environment.answered(sentAfter: request.roundTripsBefore)
            noteAnswer(to: request)
            recycleHead(request)
            trace(request, isSuccess: true)
            guard !wasSentInUnservedVersion(request) else {
                // Whatever it says, its layout is unknown.
                environment.pool.give(frame)
                return transmit(request)
            }
            try request.finish(request, .answered(frame))
        } catch {
            close(withHint(error))
        }
    }

    private static func correlationId(_ frame: ByteBuffer) throws(ClientError) -> Int32 {
        var reader = WireReader(frame.bytes)
        do throws(WireError) {
            return try reader.readInteger(Int32.self)
        } catch {
            throw ClientError(.malformedResponse("the answer has no header: \(error) of \(frame.count)"))
        }
    }

    func finish(_ request: PendingRequest, _ outcome: PendingRequest.Outcome) {
        var outcome = outcome
        if case .failed(var error, let wasSent) = outcome {
            if error.broker == nil { error.broker = address.description }
            if error.api == nil { error.api = request.api }
            outcome = .failed(error, wasSent: wasSent)
            if wasSent {
                trace(request, isSuccess: false)
                if error.code != .closed { environment.metrics.unansweredRequestCount += 1 }
            }
        }
        do throws(ClientError) {
            try request.finish(request, outcome)
        } catch {
            close(error)
        }
    }

    private func trace(_ request: PendingRequest, isSuccess: Bool) {
        guard let kind = ClientMetrics.SpanKind(request.api) else { return }
        environment.trace(kind, from: request.sentNs, isSuccess: isSuccess)
    }

    // MARK: Time-outs and the end

    func armTimer() {
        let dueNs = min(queue.nextDeadlineNs ?? .max, unwritten.first?.deadlineNs ?? .max)
        guard dueNs < timerNs else { return }
        timer?.cancel()
        timerNs = dueNs
        timer = environment.loop.schedule(atNs: dueNs) { [self] in checkDeadlines() }
    }

    private func checkDeadlines() {
        timerNs = .max
        let nowNs = EventLoop.nowNs()
        if let first = unwritten.first, first.deadlineNs <= nowNs { return close(timeoutError(first.request)) }
        noteWaiting()
        guard let request = queue.takeOverdue(nowNs: nowNs) else { return armTimer() }
        let error = timeoutError(request)
        finish(request, .failed(error, wasSent: true))
        // Its answer could still come, and then nothing after it would fit. What waits behind it
        // fails for the same reason.
        close(error)
    }

    func socketClosed(_ error: NetworkError?) {
        if !isReady, queue.count > 1 { environment.assumesVersions = false }
        if reopenForServedVersions() { return }
        close(connectionError(error), wasAtRest: load == 0)
    }
}
