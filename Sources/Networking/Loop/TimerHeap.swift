/// Pending timers, the earliest first; equal deadlines in the order they were set.
struct TimerHeap {
    private struct Entry {
        let deadlineNs: UInt64
        let sequence: UInt64
        let timer: EventLoop.Timer
    }

    private var entries: [Entry] = []
    private(set) var nextSequence: UInt64 = 0

    var count: Int { entries.count }
    var earliestNs: UInt64? { entries.first?.deadlineNs }

    mutating func insert(_ timer: EventLoop.Timer, deadlineNs: UInt64) {
        entries.append(Entry(deadlineNs: deadlineNs, sequence: nextSequence, timer: timer))
        nextSequence += 1
        timer.heapIndex = entries.count - 1
        siftUp(entries.count - 1)
    }

    /// Takes out the earliest timer if it is due at `nowNs` and was set before `sequence`.
    mutating func popDue(_ nowNs: UInt64, before sequence: UInt64) -> EventLoop.Timer? {
        guard let first = entries.first, first.deadlineNs <= nowNs, first.sequence < sequence else { return nil }
        remove(at: 0)
        return first.timer
    }

    /// Removes one timer, whichever; nil if there is none.
    mutating func popAny() -> EventLoop.Timer? {
        guard let timer = entries.last?.timer else { return nil }
        remove(at: entries.count - 1)
        return timer
    }

    mutating func remove(at index: Int) {
        exchange(index, entries.count - 1)
        entries.removeLast().timer.heapIndex = -1
        if index < entries.count { siftDown(siftUp(index)) }
    }

    @discardableResult
    private mutating func siftUp(_ start: Int) -> Int {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard isBefore(index, parent) else { break }
            exchange(index, parent)
            index = parent
        }
        return index
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, isBefore(child + 1, child) { child += 1 }
            guard isBefore(child, index) else { break }
            exchange(index, child)
            index = child
        }
    }

    private func isBefore(_ index: Int, _ other: Int) -> Bool {
        let (deadlineNs, otherNs) = (entries[index].deadlineNs, entries[other].deadlineNs)
        return deadlineNs != otherNs ? deadlineNs < otherNs : entries[index].sequence < entries[other].sequence
    }

    // Swaps in place: taking an entry out would retain and release it.
    private mutating func exchange(_ index: Int, _ other: Int) {
        entries.swapAt(index, other)
        entries[index].timer.heapIndex = index
        entries[other].timer.heapIndex = other
    }
}
