import System
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct TimerHeapTests {
    /// Deadlines from a small range, so that many are equal.
    @Test func popsInOrderOfDeadlineAndOfSettingUnderRandomRemovals() async throws {
        try await onLoop { home in
            var random = SplitMix64(seed: 7)
            var heap = TimerHeap()
            var pending: [(deadlineNs: UInt64, id: Int, timer: EventLoop.Timer)] = []
            var popped: [Int] = []
            for id in 0..<2_000 {
                let timer = EventLoop.Timer(loop: home.loop, onStop: nil) { popped.append(id) }
                let deadlineNs = random.next() % 100
                heap.insert(timer, deadlineNs: deadlineNs)
                pending.append((deadlineNs, id, timer))
                guard id % 3 == 0 else { continue }
                let victim = pending.remove(at: Int(random.next() % UInt64(pending.count)))
                heap.remove(at: victim.timer.heapIndex)
                #expect(victim.timer.heapIndex == -1)
            }
            #expect(heap.count == pending.count)
            while let timer = heap.popDue(.max, before: .max) { timer.fire() }
            let expected = pending.sorted { ($0.deadlineNs, $0.id) < ($1.deadlineNs, $1.id) }.map(\.id)
            #expect(popped == expected)
        }
    }

    @Test func popsOnlyWhatIsDueAndWasThereBefore() async throws {
        try await onLoop { home in
            var heap = TimerHeap()
            let timers = (0..<3).map { _ in EventLoop.Timer(loop: home.loop, onStop: nil) {} }
            heap.insert(timers[0], deadlineNs: 10)
            heap.insert(timers[1], deadlineNs: 20)
            let sequence = heap.nextSequence
            heap.insert(timers[2], deadlineNs: 5)
            #expect(heap.popDue(15, before: sequence) == nil)  // the earliest is too new, and nothing overtakes it
            #expect(heap.popDue(15, before: .max) === timers[2])
            #expect(heap.popDue(15, before: sequence) === timers[0])
            #expect(heap.popDue(15, before: .max) == nil)
            #expect(heap.earliestNs == 20)
        }
    }
}
