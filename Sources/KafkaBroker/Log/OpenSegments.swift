/// Which segments hold an open file and a loaded index: at most so many, the least recently used
/// being closed first.
///
/// A broker has one; so descriptors and index memory stay bounded however many partitions there
/// are.
final class OpenSegments {
    private let countMax: Int
    private var open: [ObjectIdentifier: Segment] = [:]
    private var clock: UInt64 = 0

    /// Keeps at most `countMax` segments open.
    init(countMax: Int) { self.countMax = max(countMax, 8) }

    /// The segments that are open now.
    var count: Int { open.count }

    /// Notes that a segment is used, and makes room for it if it was not open.
    func use(_ segment: Segment) {
        clock += 1
        segment.lastUse = clock
        guard !segment.isCounted else { return }
        if open.count >= countMax { closeOldest() }
        segment.isCounted = true
        open[ObjectIdentifier(segment)] = segment
    }

    /// Forgets a segment that will not be opened again.
    func forget(_ segment: Segment) {
        guard segment.isCounted else { return }
        segment.isCounted = false
        open[ObjectIdentifier(segment)] = nil
    }

    /// Closes an eighth at a time, so that the search for the oldest is paid rarely.
    private func closeOldest() {
        let oldest = open.values.sorted { $0.lastUse < $1.lastUse }.prefix(max(1, countMax / 8))
        for segment in oldest {
            forget(segment)
            segment.release()
        }
    }
}
