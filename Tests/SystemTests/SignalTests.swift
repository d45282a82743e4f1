import System
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignalTests {
    @Test func allWhoWaitGoOnAndWhoeverComesLater() async {
        let signal = Signal()
        #expect(!signal.isFired)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { await signal.wait() } }
            group.addTask { signal.fire() }
        }
        await signal.wait()
        #expect(signal.isFired)
    }

    @Test func isGivenOnce() {
        let signal = Signal()
        let results = [signal.fire(), signal.fire()]
        #expect(results == [true, false])
    }
}
