public import Measurement

/// When other processes of the host, and its hypervisor, took so much of it in a window that the
/// window's figures are not the measured client's: a bad condition.
///
/// It is for hosts whose cores are all this process's to run on, and whose kernel counts no one
/// else's; brokers of a cluster on the same host cannot be told from others.
public struct ForeignLoadRule: Sendable, Equatable {
    /// The share of the host's cores that others may take, where a scenario says none.
    ///
    /// Figures are doubtful long before (`ForeignLoad` says so from a tenth on). At a half, client
    /// and broker of a host with two cores share one, and nothing is measured any more.
    public static let shareMaxDefault = 0.5
    /// CPU time is counted in ticks, and a short window may catch one too many on each core.
    private static let tickNs = 10_000_000.0

    /// The share of the host's cores, 0 to 1, that others may take.
    public var shareMax: Double
    /// The host's cores.
    public var coreCount: Int

    /// A rule for one host.
    public init(shareMax: Double, coreCount: Int) {
        self.shareMax = shareMax
        self.coreCount = coreCount
    }

    /// Why a window cannot be used; nil when it can, or when the kernel does not tell.
    public func reason(_ usage: ResourceUsage, windowNs: UInt64) -> InvalidReason? {
        guard let others = usage.othersCPUNs, windowNs > 0, coreCount > 0 else { return nil }
        let foreignNs = Double(others) + Double(usage.stealNs ?? 0)
        let wholeNs = Double(coreCount) * Double(windowNs)
        guard foreignNs > shareMax * wholeNs + Double(coreCount) * Self.tickNs else { return nil }
        return InvalidReason(
            .foreignLoad,
            "other processes and the hypervisor took \(percent(foreignNs / wholeNs)) of the host's \(coreCount) cores "
                + "(limit \(percent(shareMax)); measure: {foreign: …} sets it)")
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
