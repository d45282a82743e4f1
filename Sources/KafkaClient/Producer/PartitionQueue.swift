/// The batches of one partition between being filled and being told of: in which order they are
/// sent, and again.
///
/// A batch is *waiting* (never sent), *in flight*, or *returned* (sent without success, to be sent
/// again before all that wait). While a failure is settled nothing is sent until everything in
/// flight has come back, so that what returns is sent again in its order. A sequence number is
/// given at the first sending and kept, so that the broker knows a batch it has already. When a
/// batch with a number is given up that is certainly not in the log, those after it are not either,
/// and are numbered from there. Else the numbers have a gap: what may be in the log is first asked
/// for again under its old number, then the rest goes out under a new identity.
struct PartitionQueue<Batch: QueuedBatch> {
    /// What is to be done for a partition before batches can be sent.
    enum Need: Equatable {
        /// Nothing: `next` returns a batch if there is one.
        case nothing
        /// A producer id.
        case identity
        /// This time to come.
        case time(ns: UInt64)
        /// Answers to come.
        case answers
    }

    /// What a failed sending says of the log.
    enum Trace {
        /// Nothing: the batch may be there.
        case unknown
        /// That this sending left nothing; an earlier one may have.
        case notFromThisSending
        /// That the batch is not there.
        case none
    }

    private let isIdempotent: Bool
    private let inFlightMax: Int
    private(set) var waiting: [Batch] = []
    private(set) var inFlight: [Batch] = []
    private(set) var returned: [Batch] = []
    private(set) var identity: ProducerIdentity?
    private var nextSequence: Int32 = 0
    /// Whether the broker has stored a batch under the present identity.
    private var isKnown = false
    private var isSettling = false
    private var hasGap = false
    /// Where numbers go on after a batch that is certainly not in the log: with its own.
    private var rewind: (ordinal: UInt64, sequence: Int32)?
    private var heldUntilNs: UInt64 = 0
    /// Failures since the last success.
    private(set) var failures = 0

    init(isIdempotent: Bool, inFlightMax: Int) {
        self.isIdempotent = isIdempotent
        self.inFlightMax = inFlightMax
    }

    /// Whether every batch was told of.
    var isEmpty: Bool { waiting.isEmpty && returned.isEmpty && inFlight.isEmpty }

    /// Whether there is a batch to be sent, now or later.
    var hasUnsent: Bool { !waiting.isEmpty || !returned.isEmpty }

    /// How many batches are to be sent, now or later.
    var unsentCount: Int { waiting.count + returned.count }

    /// Adds a batch that nothing more is added to.
    mutating func add(_ batch: Batch) { waiting.append(batch) }

    /// A producer id for the batches to come; those returned get new numbers.
    mutating func identified(as identity: ProducerIdentity) {
        self.identity = identity
        nextSequence = 0
        hasGap = false
        rewind = nil
        isKnown = false
        for batch in returned { batch.sequence = nil }
    }

    /// What must happen before a batch that is there may be sent.
    func need(nowNs: UInt64) -> Need {
        if isSettling { return .answers }
        if heldUntilNs > nowNs { return .time(ns: heldUntilNs) }
        if isIdempotent, identity == nil || (hasGap && firstUncertain == nil) {
            return inFlight.isEmpty ? .identity : .answers
        }
        if hasGap { return inFlight.isEmpty ? .nothing : .answers }
        // The broker knows a producer's last five batches again. What may be among them must not be
        // pushed out by new ones.
        if isIdempotent, returned.isEmpty, inFlight.contains(where: \.isUncertain) { return .answers }
        // Of a producer that it does not know the broker takes any number for the first: so that
        // must be on its own.
        if isIdempotent, !isKnown { return inFlight.isEmpty ? .nothing : .answers }
        return inFlight.count < inFlightMax ? .nothing : .answers
    }

    /// What after a gap may be in the log all the same, and so is asked for again under its old
    /// number.
    private var firstUncertain: Int? { returned.firstIndex { $0.isUncertain } }

    /// The size of the batch that `next` would give.
    var nextByteCount: Int { (nextBatch ?? waiting.first)?.byteCount ?? 0 }

    private var nextBatch: Batch? {
        if hasGap { return firstUncertain.map { returned[$0] } }
        return returned.first
    }

    /// The batch to be sent now, numbered, if there is one; call only when `need` is nothing.
    mutating func next() -> Batch? {
        let batch: Batch
        if hasGap {
            guard let at = firstUncertain else { return nil }
            batch = returned.remove(at: at)
        } else if !returned.isEmpty {
            batch = returned.removeFirst()
        } else if !waiting.isEmpty {
            batch = waiting.removeFirst()
        } else {
            return nil
        }
        if isIdempotent, let identity, batch.sequence == nil {
            batch.sequence = nextSequence
            batch.identity = identity
            nextSequence = sequence(nextSequence, advancedBy: batch.sequenceCount)
        }
        batch.attempts += 1
        inFlight.append(batch)
        return batch
    }

    /// A batch is stored; or, without an answer being due, sent.
    mutating func succeeded(_ batch: Batch) {
        remove(batch)
        failures = 0
        if batch.identity == identity { isKnown = true }
        // The broker takes no number out of turn, unless it has forgotten this producer.
        if let rewind, batch.ordinal > rewind.ordinal { lostSequence() }
        settleIfDone()
    }

    /// A batch is to be sent again, not before a back-off has passed.
    mutating func returned(_ batch: Batch, trace: Trace, holdUntilNs: UInt64) {
        remove(batch)
        switch trace {
        case .unknown: batch.isUncertain = true
        case .notFromThisSending: break
        case .none: batch.isUncertain = false
        }
        failures += 1
        heldUntilNs = max(heldUntilNs, holdUntilNs)
        isSettling = true
        insert(batch)
        settleIfDone()
    }

    /// A batch is given up, and its records were told of.
    mutating func gaveUp(_ batch: Batch) {
        remove(batch)
        waiting.removeAll { $0 === batch }
        returned.removeAll { $0 === batch }
        if let number = batch.sequence, batch.identity == identity { leaveOut(number, batch) }
        settleIfDone()
    }

    private mutating func leaveOut(_ number: Int32, _ batch: Batch) {
        guard !batch.isUncertain, !hasGap else { return lostSequence() }
        isSettling = true
        guard rewind.map({ batch.ordinal < $0.ordinal }) ?? true else { return }
        rewind = (batch.ordinal, number)
    }

    /// A batch that was refused as a whole goes out again in smaller ones, under its numbers and
    /// before all that follow it.
    mutating func split(_ batch: Batch, into parts: [Batch]) {
        remove(batch)
        var number = batch.sequence
        for part in parts {
            part.sequence = number
            part.identity = batch.identity
            part.isUncertain = batch.isUncertain
            number = number.map { sequence($0, advancedBy: part.sequenceCount) }
            insert(part)
        }
        isSettling = true
        settleIfDone()
    }

    /// The sequence the broker wants is another one: what is numbered must be numbered anew.
    mutating func lostSequence() {
        hasGap = isIdempotent
        rewind = nil
    }

    /// The leader is another one: no back-off is needed, unless brokers send the batches from one
    /// to the other and back.
    mutating func leaderChanged() {
        if failures <= FetchPosition.moveCountMax { heldUntilNs = 0 }
    }

    /// Whether a batch before this one is still to be stored, so that a refusal of its number is a
    /// mere consequence.
    func isPreceded(_ batch: Batch) -> Bool {
        guard !hasGap, rewind == nil else { return true }
        return isPreceded(batch) { _ in true }
    }

    /// Whether such a batch before this one is still to be stored.
    func isPreceded(_ batch: Batch, by isSuch: (Batch) -> Bool) -> Bool {
        (inFlight + returned).contains { $0 !== batch && $0.ordinal < batch.ordinal && isSuch($0) }
    }

    /// Takes all that is left, in order.
    mutating func takeAll() -> [Batch] {
        defer { (inFlight, returned, waiting) = ([], [], []) }
        return inFlight + returned + waiting
    }

    private mutating func remove(_ batch: Batch) {
        inFlight.removeAll { $0 === batch }
    }

    private mutating func insert(_ batch: Batch) {
        let at = returned.firstIndex { $0.ordinal > batch.ordinal } ?? returned.endIndex
        returned.insert(batch, at: at)
    }

    private mutating func settleIfDone() {
        guard inFlight.isEmpty else { return }
        isSettling = false
        guard let rewind else { return }
        self.rewind = nil
        let later = returned.filter { $0.ordinal > rewind.ordinal }
        // What may still be on its way to the broker could come in turn after all.
        guard !later.contains(where: \.isUncertain) else { return lostSequence() }
        for batch in later { batch.sequence = nil }
        nextSequence = rewind.sequence
    }
}

/// What the queue must know of a batch.
protocol QueuedBatch: AnyObject {
    /// The place of its first record among all of the partition's.
    var ordinal: UInt64 { get }
    /// How many sequence numbers it takes.
    var sequenceCount: Int32 { get }
    /// Its size on the wire.
    var byteCount: Int { get }
    /// How often it was sent.
    var attempts: Int { get set }
    /// The number of its first record, once it was sent.
    var sequence: Int32? { get set }
    /// Whom the number belongs to.
    var identity: ProducerIdentity { get set }
    /// Whether an earlier sending was not answered, so that it may be in the log.
    var isUncertain: Bool { get set }
}
