internal import Glibc

/// The clock that everything is timed with: it never steps, and every process of the host shares it.
public enum MonotonicClock {
    /// Nanoseconds of CLOCK_MONOTONIC; read once a batch, as it costs some 25 ns.
    public static func nowNs() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
