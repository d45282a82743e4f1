/// When each record of one partition was meant to be sent, first in, first out, kept as runs so
/// that a record costs no memory of its own.
struct IntendedTimes {
    /// Records handed over at once: the i-th of those left was meant for
    /// `firstNs + (taken + i) × stepNs`.
    struct Run {
        var count: Int
        var firstNs: UInt64
        var stepNs: Double
        /// When they were handed over.
        var handedOverNs: UInt64
        var taken = 0

        func time(_ index: Int) -> UInt64 { firstNs &+ UInt64((Double(taken + index) * stepNs).rounded()) }
    }

    private var runs: [Run] = []
    private var head = 0
    private(set) var count = 0

    /// The intended time of the oldest record left; nil where none is.
    var oldestNs: UInt64? { count > 0 ? runs[head].time(0) : nil }

    /// Adds records handed over at `handedOverNs` or, without it, at the first one's intended time.
    mutating func append(count: Int, firstNs: UInt64, stepNs: Double = 0, handedOverNs: UInt64? = nil) {
        guard count > 0 else { return }
        self.count += count
        let handedOverNs = handedOverNs ?? firstNs
        if stepNs == 0, runs.count > head, runs[runs.count - 1].stepNs == 0, runs[runs.count - 1].firstNs == firstNs,
            runs[runs.count - 1].handedOverNs == handedOverNs
        {
            runs[runs.count - 1].count += count
        } else {
            runs.append(Run(count: count, firstNs: firstNs, stepNs: stepNs, handedOverNs: handedOverNs))
        }
    }

    /// Takes the next `count` records, run by run; fewer where there are not so many.
    mutating func take(_ count: Int, _ body: (Run) -> Void) {
        var left = min(count, self.count)
        self.count -= left
        while left > 0 {
            let run = runs[head]
            let count = min(left, run.count)
            var part = run
            part.count = count
            body(part)
            left -= count
            if count == run.count {
                head += 1
            } else {
                runs[head].count -= count
                runs[head].taken += count
            }
        }
        if head > 1024, head * 2 > runs.count {
            runs.removeFirst(head)
            head = 0
        }
    }
}
