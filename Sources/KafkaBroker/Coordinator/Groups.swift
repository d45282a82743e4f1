import KafkaProtocol
import Networking
import System

/// The groups that have, or had, members: each a state machine, with its journal, its timer and the
/// requests that wait for it.
final class Groups {
    /// Members of all groups and ids given out; whoever joins beyond that, or founds one more
    /// group, is refused instead of filling the memory.
    static let memberCountMax = 100_000
    private static let groupCountMax = 100_000
    /// Beyond the longest time that a rebalance may take, which its group sees to.
    private static let parkedMsMax = Int(Int32.max) + 600_000

    /// A request that waits, and what it will be told.
    private struct Waiting {
        let exchange: Exchange
        var parked: ParkedRequest?
        var respond: ((Exchange) -> Void)?
    }

    @safe @exclusivity(unchecked) private(set) var classic: [String: ClassicGroup] = [:]
    let settings: GroupSettings
    private let journal: GroupJournal
    private let loop: EventLoop
    private let hasCommits: (String) -> Bool
    private let log: (String) -> Void
    @safe @exclusivity(unchecked) private var waiting: [GroupTicket: Waiting] = [:]
    @safe @exclusivity(unchecked) private var timers: [String: (atMs: Int64, timer: EventLoop.Timer)] = [:]
    private var lastTicket: GroupTicket = 0
    private(set) var memberCount = 0

    /// Whether there is room for one more member of a group.
    func hasRoom(in id: String) -> Bool {
        memberCount < Self.memberCountMax && (classic[id] != nil || classic.count < Self.groupCountMax)
    }

    /// Requests whose answers wait.
    var waitingCount: Int { waiting.count }

    init(
        path: String, settings: GroupSettings, loop: EventLoop, hasCommits: @escaping (String) -> Bool,
        log: @escaping (String) -> Void
    ) throws(StorageError) {
        self.settings = settings
        self.loop = loop
        self.hasCommits = hasCommits
        self.log = log
        var known: [String: ClassicGroup] = [:]
        journal = try GroupJournal(path: path, settings: settings, nowMs: Self.nowMs, log: log) { known = $0 }
        classic = known
        memberCount = known.values.reduce(0) { $0 + $1.members.count }
        for id in known.keys { setTimer(id) }
    }

    static var nowMs: Int64 { Int64(MonotonicClock.nowNs() / 1_000_000) }

    /// Ends every timer.
    func close() {
        for timer in timers.values { timer.timer.cancel() }
        timers = [:]
    }

    /// Lets a group's state machine take in what happened, and does what it says. `makes` is for
    /// who may found a group; nil where there is none.
    func with<Outcome>(
        _ id: String, makes: Bool = false, _ body: (inout ClassicGroup, Int64) -> Outcome
    ) -> Outcome? {
        guard makes || classic[id] != nil else { return nil }
        let nowMs = Self.nowMs
        var group = classic.removeValue(forKey: id) ?? ClassicGroup(settings: settings)
        let before = group.members.count + group.pending.count
        let outcome = body(&group, nowMs)
        let answers = carryOut(id, &group, nowMs)
        memberCount += group.members.count + group.pending.count - before
        classic[id] = group
        setTimer(id)
        journal.compactIfNeeded(classic)
        // Last, as a client that is answered may have its next request served at once, which may
        // ask the same group.
        for (ticket, respond) in answers { answer(ticket, respond) }
        return outcome
    }

    /// Names a request that a group answers, at once or later; `settle` must follow.
    func ticket(for exchange: Exchange) -> GroupTicket {
        lastTicket += 1
        waiting[lastTicket] = Waiting(exchange: exchange)
        return lastTicket
    }

    /// Parks the request unless it was answered already.
    func settle(_ ticket: GroupTicket) {
        guard let exchange = waiting[ticket]?.exchange else { return }
        let untilNs = MonotonicClock.nowNs().later(byMs: Self.parkedMsMax)
        waiting[ticket]?.parked = exchange.park(untilNs: untilNs) { [weak self] end in
            guard let waiting = self?.waiting.removeValue(forKey: ticket), end != .abandoned else { return }
            guard let respond = waiting.respond else {
                return waiting.exchange.client.refuse("its group did not come to terms in time")
            }
            respond(waiting.exchange)
        }
    }

    private func answer(_ ticket: GroupTicket, _ respond: @escaping (Exchange) -> Void) {
        guard let request = waiting[ticket] else { return }
        guard let parked = request.parked else {
            waiting[ticket] = nil
            return respond(request.exchange)
        }
        waiting[ticket]?.respond = respond
        parked.end(.woken)
    }

    /// Writes what is to be kept, and gives the answers that are due then.
    private func carryOut(
        _ id: String, _ group: inout ClassicGroup, _ nowMs: Int64
    ) -> [(GroupTicket, (Exchange) -> Void)] {
        var failure: ErrorCode?
        var answers: [(GroupTicket, (Exchange) -> Void)] = []
        var actions = group.takeActions()[...]
        while let action = actions.popFirst() {
            switch action {
            case .store:
                do {
                    try journal.store(id, group)
                } catch {
                    log("group \(id): \(error)")
                    failure = .coordinatorNotAvailable
                    group.assignmentIsLost(nowMs)
                    actions += group.takeActions()
                }
            case .answerJoin(let ticket, var join):
                if let failure { join = ClassicGroup.JoinAnswer(error: failure, memberId: join.memberId) }
                answers.append((ticket, { [join] in $0.respond(JoinGroupResponse(join, version: $0.version)) }))
            case .answerSync(let ticket, var sync):
                if let failure { sync = ClassicGroup.SyncAnswer(error: failure) }
                answers.append((ticket, { [sync] in $0.respond(SyncGroupResponse(sync)) }))
            }
        }
        return answers
    }

    private func setTimer(_ id: String) {
        let deadlineMs = classic[id]?.deadlineMs
        if let timer = timers[id] {
            if let deadlineMs, timer.atMs <= deadlineMs { return }
            timer.timer.cancel()
            timers[id] = nil
        }
        guard let deadlineMs else { return }
        let atNs = UInt64(max(deadlineMs, 0)).multipliedReportingOverflow(by: 1_000_000)
        let timer = loop.schedule(atNs: atNs.overflow ? .max : atNs.partialValue) { [weak self] in self?.expire(id) }
        timers[id] = (deadlineMs, timer)
    }

    private func expire(_ id: String) {
        timers[id] = nil
        guard let group = classic[id] else { return }
        if let deadlineMs = group.emptyDeadlineMs, deadlineMs <= Self.nowMs {
            guard hasCommits(id) else { return forgetEmpty(id) }
            classic[id]?.emptyDeadlineMs = nil
        }
        _ = with(id) { $0.expire($1) }
    }

    private func forgetEmpty(_ id: String) {
        do {
            try forget([id])
        } catch {
            log("group \(id): \(error)")
        }
    }

    /// Forgets groups that have no members.
    func forget(_ ids: [String]) throws(StorageError) {
        let found = ids.filter { classic[$0]?.members.isEmpty == true }
        try journal.forget(found.filter { classic[$0]?.isKept == true })
        for id in found {
            memberCount -= classic.removeValue(forKey: id)?.pending.count ?? 0
            setTimer(id)
        }
    }
}
