import KafkaProtocol
import Networking
import System

/// A call to the cluster that is under way: until when, whom it asks, and what it has met. On the
/// cluster's loop only.
class PendingCall {
    let api: ApiKey
    /// How long it may take in all, and the option that says so.
    let limit: CallLimit
    /// The connections over which it awaits answers, in the order in which it asked.
    private var asked: [(connection: BrokerConnection, api: ApiKey)] = []
    private var lastAnswerer: BrokerConnection?
    /// Who answered last.
    var answererName: String? { lastAnswerer?.address.description }

    init(_ api: ApiKey, _ limit: CallLimit) {
        self.api = api
        self.limit = limit
    }

    /// Ends it at once with this error.
    func end(_ error: ClientError) {}

    /// How long one of its requests may take: never longer than the call, which ends first and says
    /// so.
    func timeoutMs(atMost ms: Int) -> Int {
        min(ms, Int(limit.endNs.since(EventLoop.nowNs()) / 1_000_000) + 2)
    }

    func noteRequest(on connection: BrokerConnection, _ api: ApiKey) { asked.append((connection, api)) }

    /// What it asked over one connection, which was not made, it asks over another.
    func moveRequest(from connection: BrokerConnection, to other: BrokerConnection) {
        guard let at = asked.firstIndex(where: { $0.connection === connection }) else { return }
        asked[at].connection = other
    }

    func noteAnswer(from connection: BrokerConnection) {
        lastAnswerer = connection
        if let at = asked.firstIndex(where: { $0.connection === connection }) { asked.remove(at: at) }
    }

    /// The error of a call whose time is over.
    func timeoutError(_ cause: ClientError?, tried count: Int) -> ClientError {
        let silent = asked.first
        var error = silent.map { $0.connection.timeoutError($0.api, limit) } ?? limit.timeoutError(api)
        error.cause = cause
        error.attemptCount = count
        return error
    }
}

/// How long a call may take over all its attempts.
struct CallLimit {
    let ms: Int
    /// The option that says so, if one does.
    let option: String?
    let endNs: UInt64

    init(ms: Int, option: String?) {
        self.ms = ms
        self.option = option
        endNs = EventLoop.nowNs().later(byMs: ms)
    }

    /// Such as `5000 ms (default.api.timeout.ms)`.
    var words: String { "\(ms) ms" + (option.map { " (\($0))" } ?? "") }

    /// The error of a call that took longer.
    func timeoutError(_ api: ApiKey) -> ClientError {
        ClientError(.callTimedOut(afterMs: ms, option: option), api: api)
    }
}

extension ClientConfiguration {
    /// The time of a call that begins now: `default.api.timeout.ms`, unless the caller says
    /// another.
    func callLimit(ms: Int? = nil) -> CallLimit {
        CallLimit(ms: ms ?? apiTimeoutMs, option: ms == nil ? "default.api.timeout.ms" : nil)
    }
}
