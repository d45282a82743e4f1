import Measurement
import Results
import Scenario

extension CellSession {
    /// What others may take of the host in a repeat; nil where it cannot be told from what the
    /// kernel counts: brokers of a cluster on this host count among the others, and so does
    /// whatever runs on cores that this process may not use.
    var foreignLoadRule: ForeignLoadRule? {
        let host = HostDescription.current()
        guard !target.record.isCluster(on: host), host.coreCount == HostUsage.coreCount else { return nil }
        return ForeignLoadRule(shareMax: cell.measure.foreignShareMax, coreCount: host.coreCount)
    }
}
