import Scenario

// A broker that has just begun, or has never seen this cell's load, is slower for a while: a Java
// broker compiles what it runs, files and caches are new. So a cell's first repeat is warmed up
// even where the others need not be.
extension MeasureSpec {
    /// How long a cell's first repeat is warmed up at least, or its starts are made without being
    /// measured, unless its window is shorter.
    static let firstWarmupNs: UInt64 = 2_000_000_000

    /// The same, with the warm-up that a cell's first repeat has.
    var ofFirstRepeat: MeasureSpec {
        var first = self
        if let leastNs = ownFirstWarmupNs {
            first.warmupNs = max(warmupNs, leastNs)
            return first
        }
        switch extent {
        case .time(let ns): first.warmupNs = max(warmupNs, min(ns, Self.firstWarmupNs))
        case .records: first.warmupNs = max(warmupNs, Self.firstWarmupNs)
        case .starts: break
        }
        return first
    }
}
