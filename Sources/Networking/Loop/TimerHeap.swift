/// Pending timers, the earliest first; equal deadlines in the order they were set.
struct TimerHeap {
    private struct Entry {
        let deadlineNs: UInt64
        let sequence: UInt64
        let timer: EventLoop.Timer

        func isBefore(_ other: Entry) -> Bool {
            deadlineNs != other.deadlineNs ? deadlineNs < other.deadlineNs : sequence < other.sequence
        }
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

    /// Takes out any one timer, while there are any.
    mutating func popAny() -> EventLoop.Timer? {
        guard let timer = entries.last?.timer else { return nil }
        remove(at: entries.count - 1)
        return timer
    }

    mutating func remove(at index: Int) {
        entries[index].timer.heapIndex = -1
        let last = entries.removeLast()
        guard index < entries.count else { return }
        entries[index] = last
        last.timer.heapIndex = index
        siftDown(siftUp(index))
    }

    @discardableResult
    private mutating func siftUp(_ start: Int) -> Int {
        var index = start
        let entry = entries[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.isBefore(entries[parent]) else { break }
            place(entries[parent], at: index)
            index = parent
        }
        place(entry, at: index)
        return index
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let entry = entries[index]
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
            guard entries[child].isBefore(entry) else { break }
            place(entries[child], at: index)
            index = child
        }
        place(entry, at: index)
    }

    private mutating func place(_ entry: Entry, at index: Int) {
        entries[index] = entry
        entry.timer.heapIndex = index
    }
}
