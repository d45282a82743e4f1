/// The requests of one connection that wait for their answers, which come in the order of the
/// requests.
struct RequestQueue<Request> {
    private struct Entry {
        let correlationId: Int32
        let deadlineNs: UInt64
        let request: Request
    }

    private var entries: [Entry] = []
    private var nextId: Int32 = 0

    /// With room for as many as go out at once in most uses.
    init() { entries.reserveCapacity(4) }

    /// How many wait.
    var count: Int { entries.count }

    /// The one whose answer is due next.
    var first: Request? { entries.first?.request }

    /// When the first of them will have waited too long.
    var nextDeadlineNs: UInt64? { entries.lazy.map(\.deadlineNs).min() }

    /// The correlation id for a request that is about to be sent.
    mutating func makeCorrelationId() -> Int32 {
        defer { nextId = nextId == .max ? 0 : nextId + 1 }
        return nextId
    }

    /// A request with this id was sent, and an answer is due.
    mutating func sent(_ request: Request, correlationId: Int32, deadlineNs: UInt64) {
        entries.append(Entry(correlationId: correlationId, deadlineNs: deadlineNs, request: request))
    }

    /// The request that an answer belongs to; any but the oldest is an error.
    mutating func answered(_ correlationId: Int32) throws(ClientError) -> Request {
        guard let first = entries.first else { throw ClientError(.unexpectedResponse(correlationId: correlationId)) }
        guard first.correlationId == correlationId else {
            throw ClientError(.wrongCorrelationId(expected: first.correlationId, received: correlationId))
        }
        return entries.removeFirst().request
    }

    /// Takes the oldest request whose deadline has passed, if one has.
    mutating func takeOverdue(nowNs: UInt64) -> Request? {
        guard let at = entries.firstIndex(where: { $0.deadlineNs <= nowNs }) else { return nil }
        return entries.remove(at: at).request
    }

    /// Whether one of them is such a request.
    func contains(where isSuch: (Request) -> Bool) -> Bool { entries.contains { isSuch($0.request) } }

    /// Takes all, oldest first: the connection is gone.
    mutating func takeAll() -> [Request] {
        defer { entries.removeAll() }
        return entries.map(\.request)
    }
}
