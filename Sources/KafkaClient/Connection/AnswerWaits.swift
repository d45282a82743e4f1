import System

/// How long the requests over one connection waited while nothing was answered; of such stretches
/// the longest is kept.
///
/// Times are nanoseconds on the monotonic clock. It costs an answer some comparisons, and a record
/// or batch nothing.
struct AnswerWaits: Equatable {
    private var lastNs: UInt64
    private var totalNs: UInt64 = 0
    private var count: UInt64 = 0
    private var longestAnsweredNs: UInt64 = 0
    private(set) var longestNs: UInt64 = 0

    /// From a moment on; what waited before it counts from there.
    init(fromNs: UInt64) { lastNs = fromNs }

    /// The oldest request was answered, which was sent at `sentNs` and asked the broker to wait for
    /// up to `askedNs`.
    mutating func answered(sentNs: UInt64, askedNs: UInt64, atNs: UInt64) {
        let waitedNs = waits(sentNs: sentNs, askedNs: askedNs, atNs: atNs)
        longestAnsweredNs = max(longestAnsweredNs, waitedNs)
        totalNs += waitedNs
        count += 1
        lastNs = max(lastNs, atNs)
    }

    /// The oldest request waits, and this is how long nothing was answered.
    @discardableResult
    mutating func waits(sentNs: UInt64, askedNs: UInt64, atNs: UInt64) -> UInt64 {
        let waitedNs = atNs.since(max(sentNs, lastNs)).since(askedNs)
        longestNs = max(longestNs, waitedNs)
        return waitedNs
    }

    /// What is usual on this connection: the mean of what was answered, the longest stretch left
    /// aside.
    var usualNs: UInt64 { count < 2 ? 0 : totalNs.since(longestAnsweredNs) / (count - 1) }
}

/// How long a broker left requests without an answer.
public struct BrokerSilence: Codable, Sendable, Equatable {
    /// Its address.
    public let broker: String
    /// The longest stretch in which a request waited and nothing was answered, beyond what a Fetch
    /// asked the broker to wait; in nanoseconds.
    public let longestNs: UInt64
    /// The mean of all other stretches, in nanoseconds.
    public let usualNs: UInt64

    /// A broker's silence.
    public init(broker: String, longestNs: UInt64, usualNs: UInt64) {
        self.broker = broker
        self.longestNs = longestNs
        self.usualNs = usualNs
    }

    /// By how much it was longer than usual.
    var excessNs: UInt64 { longestNs.since(usualNs) }
}
