import System

extension [UInt64?] {
    /// Moments on the monotonic clock as nanoseconds since `bornNs`, never falling along the row,
    /// so that the gaps sum to the total; what was not passed stays empty.
    func milestones(since bornNs: UInt64) -> [UInt64?] {
        var latestNs = bornNs
        return map { moment in
            guard let moment else { return nil }
            latestNs = Swift.max(latestNs, moment)
            return latestNs.since(bornNs)
        }
    }
}
