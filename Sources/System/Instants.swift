/// Moments, spans and counters that only grow are unsigned here, and a difference below zero would
/// end the program.
///
/// Two of them may come from different threads or peers, or from a clock that began a moment ago,
/// so nobody can be sure which is the greater. `make lint` finds whoever subtracts nanoseconds
/// without these.
extension UInt64 {
    /// From `earlier` to this; 0 where `earlier` is not before it.
    @inlinable
    public func since(_ earlier: UInt64) -> UInt64 { self &- Swift.min(self, earlier) }

    /// So long before this; 0 where that is before the clock began.
    @inlinable
    public func earlier(by span: UInt64) -> UInt64 { self &- Swift.min(self, span) }

    /// So long after this; the last moment there is where that is none any more.
    @inlinable
    public func later(by span: UInt64) -> UInt64 {
        let (moment, overflows) = addingReportingOverflow(span)
        return overflows ? .max : moment
    }

    /// So many milliseconds after this, as `later(by:)`; at once for a negative number.
    @inlinable
    public func later(byMs ms: Int) -> UInt64 { later(by: .nanoseconds(ofMs: ms)) }

    /// The nanoseconds of so many milliseconds: 0 for a negative number, the most there are where
    /// they do not fit.
    @inlinable
    public static func nanoseconds(ofMs ms: Int) -> UInt64 {
        let (product, overflows) = UInt64(Swift.max(ms, 0)).multipliedReportingOverflow(by: 1_000_000)
        return overflows ? .max : product
    }
}
