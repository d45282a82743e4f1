import CLinux
import Glibc

/// Events of a descriptor: those that are ready, or those that are wanted.
public struct PollEvents: OptionSet, Sendable {
    /// The bits of `epoll_event.events`.
    public let rawValue: UInt32

    /// A set from `epoll`'s bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// There is something to read, or the end.
    public static let readable = PollEvents(rawValue: EPOLLIN.rawValue)
    /// There is room to write.
    public static let writable = PollEvents(rawValue: EPOLLOUT.rawValue)
    /// The descriptor failed; reported whether wanted or not.
    public static let failed = PollEvents(rawValue: EPOLLERR.rawValue)
    /// Both directions are closed; reported whether wanted or not.
    public static let hungUp = PollEvents(rawValue: EPOLLHUP.rawValue)
    /// Reported once per change instead of for as long as it holds.
    static let edgeTriggered = PollEvents(rawValue: EPOLLET.rawValue)
}

/// What a loop calls when a descriptor is ready; on the loop's thread only.
protocol Pollable: AnyObject {
    /// The descriptor is ready for what `events` says.
    func ready(_ events: PollEvents)
    /// The loop stops and has forgotten the descriptor, which is still the owner's to close.
    func loopStopped()
}

/// A place in a loop's table of watched descriptors, good until it is removed.
public struct PollToken: Hashable, Sendable {
    let slot: UInt32
    let generation: UInt32

    var packed: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}

/// The epoll set and the table of who watches what.
///
/// Events carry a slot and its generation, not a descriptor: an event fetched before its descriptor
/// was closed finds another generation there and is dropped, even when the number has been given to
/// a new socket by then.
@safe final class Poller {
    private struct Slot {
        var generation: UInt32 = 0
        var descriptor: Int32 = -1
        var pollable: (any Pollable)?
    }

    private var descriptor: Int32
    /// An eventfd that ends a wait.
    private var wakeEvent: Int32
    /// A timerfd that ends a wait at a set time.
    private var wakeTimer: Int32
    private let timerWatch = WakeTimerWatch()
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
    @safe @exclusivity(unchecked) private var slots: [Slot] = []
    @safe @exclusivity(unchecked) private var free: [UInt32] = []

    init() throws(NetworkError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeEvent = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        wakeTimer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        let number = errno
        unsafe events.initialize(repeating: epoll_event())
        guard descriptor >= 0, wakeEvent >= 0, wakeTimer >= 0 else {
            throw NetworkError(errno: number, .loop, nil, doing: "epoll, eventfd, timerfd")
        }
        // Edge-triggered, so that neither has to be read to be quiet again.
        _ = try add(WakeEventWatch(), wakeEvent, [.readable, .edgeTriggered])
        _ = try add(timerWatch, wakeTimer, [.readable, .edgeTriggered])
    }

    deinit {
        closeDescriptors()
        unsafe events.deallocate()
    }

    func closeDescriptors() {
        for open in [descriptor, wakeEvent, wakeTimer] where open >= 0 { close(open) }
        (descriptor, wakeEvent, wakeTimer) = (-1, -1, -1)
    }

    /// Ends the wait, or the next one; from any thread, while the descriptors are known to be open.
    func wake() {
        var one: UInt64 = 1
        _ = unsafe write(wakeEvent, &one, 8)
    }

    /// Ends the wait at `deadlineNs` of the monotonic clock, unless it is to end before that
    /// anyway: a timer that was cancelled costs one idle turn instead of a system call.
    func wake(atNs deadlineNs: UInt64) {
        guard deadlineNs < timerWatch.wakesAtNs else { return }
        timerWatch.wakesAtNs = deadlineNs
        var time = itimerspec()
        // Zero would disarm it.
        let atNs = min(max(deadlineNs, 1), UInt64(Int64.max))
        time.it_value.tv_sec = Int(atNs / 1_000_000_000)
        time.it_value.tv_nsec = Int(atNs % 1_000_000_000)
        _ = unsafe timerfd_settime(wakeTimer, Int32(TFD_TIMER_ABSTIME), &time, nil)
    }

    func add(_ pollable: any Pollable, _ watched: Int32, _ wanted: PollEvents) throws(NetworkError) -> PollToken {
        if free.isEmpty {
            free.append(UInt32(slots.count))
            slots.append(Slot())
        }
        let slot = free[free.count - 1]
        let token = PollToken(slot: slot, generation: slots[Int(slot)].generation)
        guard control(EPOLL_CTL_ADD, watched, wanted, token) else {
            throw NetworkError(errno: errno, .loop, nil, doing: "epoll_ctl")
        }
        free.removeLast()
        slots[Int(slot)].descriptor = watched
        slots[Int(slot)].pollable = pollable
        return token
    }

    func modify(_ token: PollToken, _ wanted: PollEvents) {
        guard let slot = slot(of: token) else { return }
        _ = control(EPOLL_CTL_MOD, slots[slot].descriptor, wanted, token)
    }

    func remove(_ token: PollToken) {
        guard let slot = slot(of: token) else { return }
        _ = control(EPOLL_CTL_DEL, slots[slot].descriptor, [], token)
        // Released after the change: its deinit may run code that calls this poller.
        let gone = slots[slot].pollable
        defer { withExtendedLifetime(gone) {} }
        slots[slot] = Slot(generation: token.generation &+ 1)
        free.append(token.slot)
    }

    /// Forgets everything and returns the watches that there were.
    func removeAll() -> [any Pollable] {
        var watching: [any Pollable] = []
        for (index, slot) in slots.enumerated() {
            guard let pollable = slot.pollable else { continue }
            watching.append(pollable)
            remove(PollToken(slot: UInt32(index), generation: slot.generation))
        }
        return watching
    }

    /// Waits until something is ready and says how many events were fetched.
    func wait(timeoutMs: Int32) -> Int {
        max(0, Int(unsafe epoll_wait(descriptor, events.baseAddress, Int32(events.count), timeoutMs)))
    }

    /// Hands the first `count` fetched events to the watches that are still there.
    func dispatch(_ count: Int) {
        for index in 0..<count {
            let event = unsafe events[index]
            let packed = unsafe event.data.u64
            let token = PollToken(slot: UInt32(truncatingIfNeeded: packed), generation: UInt32(packed >> 32))
            guard let slot = slot(of: token) else { continue }
            unsafe slots[slot].pollable?.ready(PollEvents(rawValue: event.events))
        }
    }

    private func slot(of token: PollToken) -> Int? {
        let slot = Int(token.slot)
        return slot < slots.count && slots[slot].generation == token.generation ? slot : nil
    }

    private func control(_ operation: Int32, _ watched: Int32, _ wanted: PollEvents, _ token: PollToken) -> Bool {
        var event = unsafe epoll_event(events: wanted.rawValue, data: epoll_data_t(u64: token.packed))
        return unsafe epoll_ctl(descriptor, operation, watched, &event) == 0
    }
}

/// Does nothing: that the wait ended is all that was wanted.
private final class WakeEventWatch: Pollable {
    func ready(_ events: PollEvents) {}
    func loopStopped() {}
}

/// Remembers when the timer is set to fire, until it has.
private final class WakeTimerWatch: Pollable {
    var wakesAtNs = UInt64.max

    func ready(_ events: PollEvents) { wakesAtNs = .max }
    func loopStopped() {}
}
