import System

// What the window's records took, from when each was meant to be sent.
extension DeliveryBook {
    /// Enters the latencies of those of a run's records that were meant for the window, and says
    /// how many they are; all of them were acknowledged at `ackNs`.
    ///
    /// Without a limit on what is in flight no record has an intended time: then those count that
    /// are acknowledged in the window, and from their hand-over.
    mutating func enterLatencies(
        _ run: IntendedTimes.Run, ackNs: UInt64, window: MeasureWindow, isUnlimited: Bool, isInWindow: Bool
    ) -> Int {
        let afterHandOverNs = ackNs.since(run.handedOverNs)
        if isUnlimited {
            if isInWindow { enterAfterHandOver(afterHandOverNs, count: run.count) }
            return 0
        }
        if run.stepNs == 0 {
            guard window.contains(run.firstNs) else { return 0 }
            enterLatency(ackNs.since(run.firstNs), count: run.count)
            return run.count
        }
        var count = 0
        for index in 0..<run.count {
            let intendedNs = run.time(index)
            guard window.contains(intendedNs) else { continue }
            enterLatency(ackNs.since(intendedNs), count: 1)
            count += 1
        }
        enterAfterHandOver(afterHandOverNs, count: count)
        return count
    }
}
