import Networking
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(1))) struct ParkedRequestTests {
    private static func ends(
        untilNs: UInt64 = .max, _ body: @escaping @Sendable (ParkedRequest) -> Void
    ) async throws -> [ParkedRequest.End] {
        let loop = try EventLoop(name: "test")
        let ends = await withCheckedContinuation { continuation in
            loop.execute {
                var ends: [ParkedRequest.End] = []
                let parked = ParkedRequest(on: loop, untilNs: untilNs) { ends.append($0) }
                body(parked)
                // After whatever is due by now.
                loop.schedule(atNs: 1) {
                    parked.end(.woken)
                    continuation.resume(returning: ends)
                }
            }
        }
        await loop.stop()
        return ends
    }

    @Test(arguments: [ParkedRequest.End.woken, .abandoned]) func endsOnce(end: ParkedRequest.End) async throws {
        #expect(try await Self.ends { $0.end(end) } == [end])
        #expect(
            try await Self.ends { parked in
                parked.end(end)
                parked.end(.timedOut)
            } == [end])
    }

    @Test func endsWhenItsTimeIsOver() async throws {
        #expect(try await Self.ends(untilNs: 0) { _ in } == [.timedOut])
    }

    @Test func hasNoTimerAfterItsEnd() async throws {
        #expect(try await Self.ends(untilNs: 0) { $0.end(.woken) } == [.woken])
    }
}
