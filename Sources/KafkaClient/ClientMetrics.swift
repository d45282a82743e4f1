public import KafkaProtocol
import Networking

/// What a client did: connections, bytes, requests by API and, if asked, when each span began and
/// ended.
///
/// It belongs to the client's loop and is read there. Several clients may share one, as re-created
/// clients do.
public final class ClientMetrics: @unchecked Sendable {
    /// What a client spends its time with.
    public enum SpanKind: Int, Sendable, CaseIterable {
        /// Name look-up and TCP handshake.
        case connect
        /// Version negotiation.
        case apiVersions
        /// Brokers, topics and leaders.
        case metadata
        /// The group's coordinator.
        case findCoordinator
        /// The group's commits.
        case offsetFetch
        /// Earliest, latest or by time.
        case listOffsets
        /// From sending a fetch to its answer.
        case fetch
        /// The producer id of an idempotent producer.
        case initProducerId
        /// From sending a produce request to its answer.
        case produce
        /// Commits of a group.
        case offsetCommit
        /// Topics made and deleted, records deleted.
        case admin
        /// From the call of close to its end, flush included.
        case close
        /// From asking to be let into a group to its answer, which waits for all members.
        case joinGroup
        /// From asking for the assignment, or giving it, to the answer.
        case syncGroup
        /// A sign of life of a group's member, by either protocol.
        case heartbeat
        /// Leaving a group.
        case leaveGroup
    }

    /// One stretch of what a client did.
    public struct Span: Sendable, Equatable {
        /// What was done.
        public let kind: SpanKind
        /// When it began, on the monotonic clock.
        public let beginNs: UInt64
        /// When it ended.
        public let endNs: UInt64
        /// Which of the clients that share the metrics it belongs to: its `Client.number`.
        public let client: Int
        /// Whether it ended as it should.
        public let isSuccess: Bool

        /// A span that ended.
        public init(kind: SpanKind, beginNs: UInt64, endNs: UInt64, client: Int, isSuccess: Bool) {
            self.kind = kind
            self.beginNs = beginNs
            self.endNs = endNs
            self.client = client
            self.isSuccess = isSuccess
        }
    }

    /// Clients that share it, also those that were closed.
    public internal(set) var clientCount = 0
    private struct Open {
        let socket: FramedConnection
        let owner: BrokerConnection
    }

    /// Connections opened, also those that failed afterwards.
    public internal(set) var connectionCount = 0
    /// Connection attempts that failed.
    public internal(set) var failedConnectionCount = 0
    /// Bytes that the kernel took from connections, open and closed, frame lengths included.
    public var sentByteCount: Int { open.values.reduce(closedSentByteCount) { $0 + Int($1.socket.bytesSent) } }
    /// Bytes that came over connections, open and closed, frame lengths included.
    public var receivedByteCount: Int {
        open.values.reduce(closedReceivedByteCount) { $0 + Int($1.socket.bytesReceived) }
    }
    /// Requests sent.
    public var requestCounts: [ApiKey: Int] {
        var counts: [ApiKey: Int] = [:]
        for (number, count) in countByNumber.enumerated() where count > 0 {
            counts[ApiKey(rawValue: Int16(number))] = count
        }
        return counts
    }
    /// Of each client the longest chain of requests, each sent after the answer to the one before,
    /// added up over the clients.
    public internal(set) var roundTripCount = 0
    /// Connections that were up and were lost with requests under way: cut, closed by the broker,
    /// or given up after a time-out.
    public internal(set) var lostConnectionCount = 0
    /// Requests that were sent and got no answer: their time was over, or their connection was
    /// lost.
    public internal(set) var unansweredRequestCount = 0
    /// Requests, fetched partitions and batches that failed and were, or are to be, asked for or
    /// sent again, with back-off.
    public internal(set) var retryCount = 0
    /// Batches that the broker refused as too large and that were sent in smaller ones.
    public internal(set) var splitCount = 0
    /// Answers by which a quota held the client back.
    public private(set) var throttledAnswerCount = 0
    /// The sum of their `throttle_time_ms`, in nanoseconds.
    public private(set) var throttledNs: UInt64 = 0
    /// Until when the longest of them holds, on the monotonic clock; 0 for none.
    public private(set) var throttledUntilNs: UInt64 = 0
    /// The kinds that `spans` is written for.
    public var tracedKinds: Set<SpanKind> = [] {
        didSet { tracedBits = tracedKinds.reduce(0) { $0 | 1 << $1.rawValue } }
    }
    /// The traced spans that ended, oldest first, up to `spanCountMax`.
    public private(set) var spans: [Span] = []
    /// How many spans are kept; later ones are dropped.
    public let spanCountMax: Int
    private var tracedBits: UInt32 = 0
    /// By the API's number, because it is counted with every request.
    @safe @exclusivity(unchecked) private var countByNumber = [Int](
        repeating: 0, count: 1 + Int(Api.all.map(\.key.rawValue).max() ?? 0))
    private var open: [ObjectIdentifier: Open] = [:]
    private var closedSilence: BrokerSilence?
    private var closedSentByteCount = 0
    private var closedReceivedByteCount = 0

    /// Everything at zero.
    public init(spanCountMax: Int = 100_000) { self.spanCountMax = spanCountMax }

    /// Begins to measure anew how long brokers leave requests without an answer.
    public func beginSilences() {
        closedSilence = nil
        let nowNs = EventLoop.nowNs()
        for one in open.values { one.owner.waits = AnswerWaits(fromNs: nowNs) }
    }

    /// How long, since then, each connection's requests waited while nothing was answered, those
    /// under way too; of the connections that were closed, the one with the longest such stretch.
    public func silences() -> [BrokerSilence] {
        for one in open.values { one.owner.noteWaiting() }
        let all = open.values.map(\.owner.silence) + (closedSilence.map { [$0] } ?? [])
        return all.sorted { ($1.longestNs, $0.broker) < ($0.longestNs, $1.broker) }
    }

    /// Forgets the spans that ended before a moment; without one, all.
    public func removeSpans(endedBefore ns: UInt64 = .max) { spans.removeAll { $0.endNs < ns } }

    /// Connections that are up now.
    var openConnectionCount: Int { open.count }

    func opened(_ connection: FramedConnection, by owner: BrokerConnection) {
        open[ObjectIdentifier(connection)] = Open(socket: connection, owner: owner)
    }

    func closed(_ connection: FramedConnection, _ silence: BrokerSilence) {
        open[ObjectIdentifier(connection)] = nil
        if silence.excessNs > closedSilence?.excessNs ?? 0 { closedSilence = silence }
        closedSentByteCount += Int(connection.bytesSent)
        closedReceivedByteCount += Int(connection.bytesReceived)
    }

    /// An answer said that a quota holds the client back for so long; `isAhead` where that time
    /// begins now.
    func throttled(forNs ns: UInt64, nowNs: UInt64, isAhead: Bool) {
        throttledAnswerCount += 1
        throttledNs += ns
        if isAhead { throttledUntilNs = max(throttledUntilNs, nowNs + ns) }
    }

    func sent(_ api: ApiKey) { countByNumber[Int(api.rawValue)] += 1 }

    /// Whether spans of this kind are written, without the hashing of a set.
    func isTraced(_ kind: SpanKind) -> Bool { tracedBits & 1 << kind.rawValue != 0 }

    func record(_ span: Span) {
        guard spans.count < spanCountMax else { return }
        spans.append(span)
    }
}

extension ClientMetrics.SpanKind {
    /// The kind of span that a request of this API is.
    init?(_ api: ApiKey) {
        switch api {
        case .apiVersions: self = .apiVersions
        case .metadata: self = .metadata
        case .findCoordinator: self = .findCoordinator
        case .offsetFetch: self = .offsetFetch
        case .offsetCommit: self = .offsetCommit
        case .listOffsets: self = .listOffsets
        case .fetch: self = .fetch
        case .initProducerId: self = .initProducerId
        case .produce: self = .produce
        case .joinGroup: self = .joinGroup
        case .syncGroup: self = .syncGroup
        case .heartbeat: self = .heartbeat
        case .leaveGroup: self = .leaveGroup
        default: self = .admin
        }
    }
}
