public import Bytes
import CLinux
import Glibc
import Synchronization
import System

/// One thread with an epoll set, a timer queue, and the executor of the actors and tasks that live
/// on it.
///
/// Start a loop's tasks with `Task(executorPreference: loop)`: without the preference an actor's
/// continuations are resumed by way of the global pool even when its `unownedExecutor` is the loop.
/// A loop runs until `stop()`; whatever is asked of it afterwards has a defined answer: jobs still
/// run, one at a time, on the global pool; timers, descriptors and connections are refused.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// Something to run on the loop's thread.
    enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    enum Stage { case running, stopping, ended }

    /// What other threads may touch, under one lock.
    struct Shared {
        var inbox: [Work] = []
        /// The loop waits, or is about to: the next to enqueue must wake it.
        var isAsleep = false
        var stage = Stage.running
        var isRunningLate = false
        var isJoinStarted = false
    }

    /// The name of the loop's thread.
    public let name: String
    let shared = Mutex(Shared())
    /// The thread has ended.
    let joined = Signal()
    /// The thread that acts as the loop: its own or, after its end, the one that runs late jobs; 0
    /// if none does.
    private let actingThread = Atomic<UInt>(0)
    /// Written in `init` only.
    private(set) var thread = pthread_t()

    // The rest belongs to the loop's thread.
    let poller: Poller
    @safe @exclusivity(unchecked) var timers = TimerHeap()
    @safe @exclusivity(unchecked) var local: [Work] = []
    @safe @exclusivity(unchecked) var running: [Work] = []
    var runningIndex = 0
    @safe @exclusivity(unchecked) var turnEnders: [any TurnEnder] = []
    var isOpen = true
    /// Turns so far, by which a test can tell that the loop is at rest.
    var turnCount: UInt64 = 0
    let scratch = LoopScratch()
    /// Buffers shared by everything on this loop, so that a new connection reuses memory that the
    /// cache still holds.
    public let pool = BufferPool(keptByteCountMax: 64 << 20)

    /// Starts a loop and its thread.
    public init(name: String) throws(NetworkError) {
        self.name = name
        _ = ignoreBrokenPipes
        poller = try Poller()
        do throws(Errno) {
            thread = try startThread { self.run() }
        } catch {
            throw NetworkError(errno: error.number, .loop, nil, doing: "starting a thread")
        }
    }

    /// Nanoseconds of `CLOCK_MONOTONIC`, the clock of every deadline here.
    public static func nowNs() -> UInt64 { MonotonicClock.nowNs() }

    /// Whether the caller runs on this loop.
    public var isCurrent: Bool { actingThread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func actAsLoop(_ isActing: Bool) {
        actingThread.store(isActing ? UInt(pthread_self()) : 0, ordering: .relaxed)
    }

    /// Stops the program with a reason if the caller is not on this loop.
    public func preconditionCurrent() {
        precondition(isCurrent, "this must be called on its event loop")
    }

    /// Runs `body` on the loop, after what was handed to it before; from any thread.
    public func execute(_ body: @escaping @Sendable () -> Void) { enqueue(.body(body)) }

    public func enqueue(_ job: consuming ExecutorJob) { enqueue(.job(UnownedJob(job))) }

    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    public func checkIsolated() { preconditionCurrent() }
}

/// Writing to a closed socket must fail with an error instead of ending the process; sendfile has
/// no flag for that.
private let ignoreBrokenPipes: Void = {
    _ = signal(SIGPIPE, SIG_IGN)
}()
