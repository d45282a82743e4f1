import Results
import System

/// The stretches of a window in which something was due of a partition and nothing came of it,
/// partition by partition.
///
/// Times are nanoseconds on the monotonic clock. It costs a batch some comparisons.
struct PartitionGaps {
    private struct Place {
        var lastNs: UInt64
        var longestNs: UInt64 = 0
        var totalNs: UInt64 = 0
        var count: UInt64 = 0

        /// The mean stretch, without the longest.
        var usualNs: UInt64 { count < 2 ? 0 : totalNs.since(longestNs) / (count - 1) }
    }

    private let endNs: UInt64
    private var places: [Place]

    /// A window over so many partitions; what comes outside it does not count.
    init(partitionCount: Int, beginNs: UInt64, endNs: UInt64 = .max) {
        self.endNs = endNs
        places = Array(repeating: Place(lastNs: beginNs), count: partitionCount)
    }

    /// Something came of a partition; something was due of it since `dueNs`, or all the time.
    mutating func came(_ partition: Int, atNs: UInt64, dueNs: UInt64 = 0) {
        guard places.indices.contains(partition) else { return }
        let lastNs = places[partition].lastNs
        // Batches of one response come in the same moment and count once.
        guard atNs > lastNs, lastNs < endNs else { return }
        note(partition, sinceNs: max(lastNs, dueNs), untilNs: min(atNs, endNs))
        places[partition].lastNs = atNs
        places[partition].count += 1
    }

    /// The window ends, and something is still due of a partition since `dueNs`, or all the time.
    mutating func end(_ partition: Int, atNs: UInt64, dueNs: UInt64 = 0) {
        guard places.indices.contains(partition), places[partition].lastNs < endNs else { return }
        note(partition, sinceNs: max(places[partition].lastNs, dueNs), untilNs: min(atNs, endNs))
        places[partition].count += 1
    }

    private mutating func note(_ partition: Int, sinceNs: UInt64, untilNs: UInt64) {
        let ns = untilNs.since(sinceNs)
        places[partition].longestNs = max(places[partition].longestNs, ns)
        places[partition].totalNs += ns
    }

    /// The partition whose longest stretch exceeds its usual one most; nil for none.
    func worst(_ name: (Int) -> String) -> Standstill? {
        let worst = places.indices.max { excess($0) < excess($1) }
        guard let worst, places[worst].longestNs > 0 else { return nil }
        return Standstill(
            of: "partition \(name(worst))", longestNs: places[worst].longestNs, usualNs: places[worst].usualNs)
    }

    private func excess(_ partition: Int) -> UInt64 { places[partition].longestNs.since(places[partition].usualNs) }
}
