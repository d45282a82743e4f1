import KafkaProtocol
import System

/// Where one partition stands: what was asked for, what was handed out, and what a failure means
/// for it.
///
/// The next fetch goes out before the records of the last are handed out, so `fetchOffset` runs
/// ahead of `handedOffset`; that runs ahead of `position` where handed out means put in line for
/// `poll`. Every jump starts a new `generation`; answers to fetches of an older one are worth
/// nothing.
struct FetchPosition {
    /// What to do after a failure.
    enum Action: Equatable {
        /// Fetch again at this time.
        case wait(untilNs: UInt64)
        /// The same, and ask for metadata.
        case refresh(untilNs: UInt64)
        /// Ask for the offset that `auto.offset.reset` names.
        case reset
        /// Stop: this does not mend itself.
        case fail(ClientError.Code)
    }

    /// How often in a row a partition may give a bad batch.
    static let corruptCountMax = 5
    /// How often in a row a partition may be out of range where it was reset to.
    static let resetCountMax = 5
    /// After how many failures in a row a new leader is waited for like any other.
    static let moveCountMax = 5

    /// The offset after the last record that the user has; nil before the start is known.
    private(set) var position: Int64?
    /// The offset after the last record handed out.
    private(set) var handedOffset: Int64 = -1
    /// The offset to be fetched next.
    private(set) var fetchOffset: Int64 = -1
    /// Where it started, or was reset to before any record was handed out.
    private(set) var startOffset: Int64?
    private(set) var generation = 0
    private(set) var isResetting = false
    private var heldUntilNs: UInt64 = 0
    private var failures = 0
    private var corruptCount = 0
    private var resetCount = 0
    private var hasDelivered = false
    var isPaused = false

    /// Whether it may be fetched from now.
    func isFetchable(nowNs: UInt64) -> Bool {
        position != nil && !isPaused && !isResetting && heldUntilNs <= nowNs
    }

    /// When it may be fetched from again, if it only waits.
    func wakeNs(nowNs: UInt64) -> UInt64? {
        position != nil && !isPaused && !isResetting && heldUntilNs > nowNs ? heldUntilNs : nil
    }

    /// Starts, or moves to another position.
    mutating func jump(to offset: Int64) {
        position = offset
        fetchOffset = offset
        handedOffset = offset
        if !hasDelivered { startOffset = offset }
        isResetting = false
        heldUntilNs = 0
        generation += 1
    }

    /// Goes on where a reset leads; with a back-off where the one before led out of range again.
    mutating func reset(to offset: Int64, nowNs: UInt64, backoff: Backoff) {
        jump(to: offset)
        guard resetCount > 1 else { return }
        heldUntilNs = nowNs.later(by: backoff.waitNs(afterFailures: resetCount - 1))
    }

    /// The broker knows the offset that was asked for.
    mutating func wasInRange() { resetCount = 0 }

    /// Forgets where it was.
    mutating func forget() {
        let (next, isPaused) = (generation + 1, isPaused)
        self = FetchPosition()
        generation = next
        self.isPaused = isPaused
    }

    /// Whether the answer to a fetch from `offset` is of use: while a leader moves, two may be
    /// asked for the same records.
    func awaits(_ generation: Int, _ offset: Int64) -> Bool {
        generation == self.generation && offset == fetchOffset && !isPaused
    }

    /// An answer brought batches up to `nextOffset`, not handed out yet.
    mutating func received(upTo nextOffset: Int64) {
        fetchOffset = nextOffset
        failures = 0
    }

    /// Everything before `nextOffset` was handed out.
    mutating func handedOut(upTo nextOffset: Int64) {
        handedOffset = nextOffset
        corruptCount = 0
    }

    /// The user has everything before `nextOffset`.
    mutating func consumed(upTo nextOffset: Int64) {
        position = nextOffset
        hasDelivered = true
    }

    /// Everything that the user does not have is fetched again.
    mutating func rewind() {
        guard let position else { return }
        handedOffset = position
        fetchOffset = position
        // The answer that a reset awaits is of an older generation now.
        isResetting = false
        generation += 1
    }

    /// What was received and not handed out is fetched again.
    private mutating func fetchAgain() {
        fetchOffset = handedOffset
        generation += 1
    }

    /// A batch was bad: it is asked for again a few times, as it may have been damaged on its way.
    mutating func corrupt(_ code: ClientError.Code, nowNs: UInt64, backoff: Backoff) -> Action {
        fetchAgain()
        corruptCount += 1
        guard corruptCount < Self.corruptCountMax else { return .fail(code) }
        return .wait(untilNs: hold(nowNs, backoff))
    }

    /// The broker answered with an error.
    mutating func failed(
        _ error: ErrorCode, policy: ConsumerConfiguration.OffsetReset, nowNs: UInt64, backoff: Backoff
    ) -> Action {
        switch error {
        case .offsetOutOfRange:
            resetCount += 1
            guard policy != .none, resetCount <= Self.resetCountMax else { return .fail(.broker(error)) }
            fetchAgain()
            isResetting = true
            return .reset
        case .corruptMessage: return corrupt(.broker(error), nowNs: nowNs, backoff: backoff)
        default:
            guard error.isRetriable else { return .fail(.broker(error)) }
            let untilNs = hold(nowNs, backoff)
            return ClientError(.broker(error)).isAboutLeadership
                ? .refresh(untilNs: untilNs) : .wait(untilNs: untilNs)
        }
    }

    /// The leader is another one: there is no need to wait, unless brokers send it from one to the
    /// other and back.
    mutating func leaderChanged() {
        if failures <= Self.moveCountMax { heldUntilNs = 0 }
    }

    private mutating func hold(_ nowNs: UInt64, _ backoff: Backoff) -> UInt64 {
        failures += 1
        heldUntilNs = nowNs + backoff.waitNs(afterFailures: failures)
        return heldUntilNs
    }
}
