import Synchronization
import System
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct TimerTests {
    @Test func tenThousandTimersFireInOrderAndTheCancelledDoNot() async throws {
        try await onLoop { home in
            var random = SplitMix64(seed: 3)
            let startNs = EventLoop.nowNs() + 1_000_000
            var fired: [(Int, UInt64)] = []
            var timers: [EventLoop.Timer] = []
            var delays: [UInt64] = []
            for id in 0..<10_000 {
                delays.append(random.next() % 20_000_000)
                timers.append(
                    home.loop.schedule(atNs: startNs + delays[id]) { fired.append((id, EventLoop.nowNs())) })
            }
            for id in stride(from: 0, to: 10_000, by: 2) { timers[id].cancel() }
            await withCheckedContinuation { done in
                home.loop.schedule(atNs: startNs + 20_000_000) { done.resume() }
            }
            let expected = stride(from: 1, to: 10_000, by: 2).sorted { (delays[$0], $0) < (delays[$1], $1) }
            let order = fired.map(\.0) == expected
            #expect(order)
            #expect(fired.allSatisfy { $0.1 >= startNs + delays[$0.0] })
            #expect(timers.allSatisfy { !$0.isPending })
        }
    }

    @Test func aTimerMayCancelAnotherThatIsDueInTheSameTurn() async throws {
        try await onLoop { home in
            let nowNs = EventLoop.nowNs()
            var fired: [String] = []
            var second: EventLoop.Timer?
            home.loop.schedule(atNs: nowNs) {
                fired.append("first")
                second?.cancel()
            }
            second = home.loop.schedule(atNs: nowNs) { fired.append("second") }
            await withCheckedContinuation { done in home.loop.schedule(atNs: nowNs) { done.resume() } }
            #expect(fired == ["first"])
        }
    }

    @Test func aTimerThatAlwaysSetsAnotherForNowLetsJobsRun() async throws {
        try await onLoop { home in
            var count = 0
            func again() {
                count += 1
                if count < 1_000_000 { home.loop.schedule(atNs: 0, again) }
            }
            again()
            await withCheckedContinuation { done in home.loop.execute { done.resume() } }
            #expect(count < 1_000)
            count = 1_000_000
        }
    }

    @Test func anEarlierTimerIsSetAfterALaterOneAndAfterAnIdleRing() async throws {
        try await onLoop { home in
            let loop = home.loop
            let far = loop.schedule(atNs: EventLoop.nowNs() + 3_600_000_000_000) {}
            try await loop.sleep(untilNs: EventLoop.nowNs() + 2_000_000)
            // The clock now rings for a timer that is gone; the next one must still come.
            loop.schedule(atNs: EventLoop.nowNs() + 1_000_000) {}.cancel()
            try await loop.sleep(untilNs: EventLoop.nowNs() + 5_000_000)
            try await loop.sleep(untilNs: EventLoop.nowNs() + 1_000_000)
            #expect(far.isPending)
            far.cancel()
        }
    }

    /// The last thing in a turn before the loop waits is to write; what that sets must not be slept
    /// over.
    @Test func aTimerSetWhileWritingEndsTheWait() async throws {
        try await onLoop { home in
            let pair = try await Pair.make(on: home.loop)
            await withCheckedContinuation { done in
                pair.client.send(frame([1])) {
                    home.loop.schedule(atNs: EventLoop.nowNs() + 1_000_000) { done.resume() }
                }
            }
        }
    }

    @Test func aFewTimersOnAnIdleLoopCostAFewTurns() async throws {
        try await onLoop { home in
            let before = home.loop.turnCount
            for _ in 0..<10 { try await home.loop.sleep(untilNs: EventLoop.nowNs() + 2_000_000) }
            #expect(home.loop.turnCount - before <= 40)
        }
    }

    @Test func sleepEndsAtItsTimeAndAlsoFromOutsideTheLoop() async throws {
        let loop = try EventLoop(name: "test")
        let untilNs = EventLoop.nowNs() + 3_000_000
        try await loop.sleep(untilNs: untilNs)
        #expect(EventLoop.nowNs() >= untilNs)
        await loop.stop()
    }

    @Test func aCancelledSleepThrows() async throws {
        try await onLoop { home in
            let loop = home.loop
            let sleeper = Task(executorPreference: loop) { try await loop.sleep(untilNs: .max) }
            await Task.yield()
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            let early = Task(executorPreference: loop) {
                withUnsafeCurrentTask { $0?.cancel() }
                try await loop.sleep(untilNs: .max)
            }
            await #expect(throws: CancellationError.self) { try await early.value }
        }
    }
}
