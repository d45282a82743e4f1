import Networking
import Testing

@testable import LoadEngine

@Suite(.timeLimit(.minutes(5))) struct TargetLossTests {
    /// Runs `body` on a loop of its own.
    private func onLoop(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        let loop = try EventLoop(name: "loss")
        let outcome = await Task { try await body(loop) }.result
        await loop.stop()
        try outcome.get()
    }

    @Test(.timeLimit(.minutes(1))) func whatCannotEndIsLeftWhenItIsLost() async throws {
        try await onLoop { loop in
            let loss = TargetLoss()
            let (began, isThere) = AsyncStream<Void>.makeStream()
            let waiting = Task {
                try await loss.unlessLost(on: loop) {
                    isThere.finish()
                    // Far beyond the time that this test has.
                    try await loop.sleep(untilNs: EventLoop.nowNs() + 3_600_000_000_000)
                }
            }
            for await _ in began {}
            loss.report(EngineError("gone"))
            let error = await #expect(throws: EngineError.self) { try await waiting.value }
            #expect(error?.description == "gone")
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatEndsInTheGraceKeepsItsResult() async throws {
        try await onLoop { loop in
            let loss = TargetLoss()
            loss.report(EngineError("gone"))
            let inTime = try await loss.unlessLost(on: loop, graceNs: 60_000_000_000) { 7 }
            #expect(inTime == 7)
            await #expect(throws: EngineError.self) { _ = try await loss.unlessLost(on: loop) { 7 } }
            await #expect(throws: EngineError.self) {
                try await loss.unlessLost(on: loop, graceNs: 1_000_000) {
                    try await loop.sleep(untilNs: EventLoop.nowNs() + 3_600_000_000_000)
                }
            }
        }
    }

    @Test func itComesWithTheFirstOfOthers() {
        let (one, two) = (TargetLoss(), TargetLoss())
        let loss = TargetLoss(with: [one, two])
        #expect(loss.error == nil)
        two.report(EngineError("second"))
        one.report(EngineError("first"))
        #expect(loss.error?.description == "second")
        #expect(TargetLoss(with: [one, two]).error?.description == "first")
    }
}
