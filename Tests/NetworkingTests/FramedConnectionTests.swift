import Bytes
import Networking
import Testing

@Suite(.timeLimit(.minutes(5))) struct FramedConnectionTests {
    @Test(arguments: [0, 1, 3, 4, 100, 8188, 8189, 65_536, 1 << 20, (1 << 20) + 1, 5 << 20])
    func carriesFramesOfEverySize(byteCount: Int) async throws {
        try await onLoop { home in
            let pair = try await Pair.make(on: home.loop)
            pair.server.onFrame = { payload in pair.server.send(frame(content(payload))) }
            let received = Received(pair.client)
            for round in 0..<3 { pair.client.send(frame(pattern(byteCount, seed: round))) }
            await received.frames(3)
            // Compared outside the macro, which would print megabytes.
            let isWhole = received.frames == (0..<3).map { pattern(byteCount, seed: $0) }
            #expect(isWhole)
            #expect(pair.client.bytesSent == UInt64(3 * (byteCount + 4)))
            #expect(pair.client.bytesReceived == UInt64(3 * (byteCount + 4)))
            pair.client.close()
            await received.closed()
            #expect(received.error == nil)
        }
    }
}
