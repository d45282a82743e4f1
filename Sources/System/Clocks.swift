import Glibc

/// The clock that everything is timed with: it never steps, and every process of the host shares
/// it.
public enum MonotonicClock {
    /// Nanoseconds of CLOCK_MONOTONIC; a call costs some 25 ns.
    public static func nowNs() -> UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
    }
}

/// The CPU time of the thread that asks.
public enum ThreadClock {
    /// Nanoseconds of CLOCK_THREAD_CPUTIME_ID, user and system.
    public static func cpuNs() -> UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
    }
}

/// The clock that records carry their time by; it may step.
public enum WallClock {
    /// Milliseconds since 1970 (CLOCK_REALTIME), as Kafka's timestamps count them.
    public static func nowMs() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
