import Bytes
import Glibc
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(2))) struct LayeredStreamTests {
    /// One end of a pair of sockets, with a layer over it.
    private final class End {
        let layer: TestLayer
        let connection: FramedConnection

        init(_ descriptor: Int32, _ loop: EventLoop, _ limits: FrameLimits) throws {
            layer = TestLayer(descriptor)
            connection = try FramedConnection(
                takingOver: descriptor, loopback, on: loop, pool: BufferPool(keptByteCountMax: 1 << 20), limits: limits,
                layer: layer)
        }
    }

    /// Two ends that are closed by whoever holds them.
    private struct Sockets {
        let own: Int32
        let peer: Int32
    }

    private struct Pair {
        let client: End
        let server: End
    }

    private static func sockets() throws -> Sockets {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(bitPattern: SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        return Sockets(own: ends[0], peer: ends[1])
    }

    private static func pair(on loop: EventLoop, _ limits: FrameLimits = FrameLimits()) throws -> Pair {
        let sockets = try sockets()
        return Pair(
            client: try End(sockets.own, loop, FrameLimits()), server: try End(sockets.peer, loop, limits))
    }

    @Test(arguments: [0, 1, 999, 1000, 5000, 300_000])
    func carriesFramesBothWaysAtOnce(byteCount: Int) async throws {
        try await onLoop { home in
            let pair = try Self.pair(on: home.loop)
            let client = pair.client
            let server = pair.server
            let answers = Received(client.connection)
            let requests = Received(server.connection)
            for round in 0..<3 {
                client.connection.send(frame(pattern(byteCount, seed: round)))
                server.connection.send(frame(pattern(byteCount, seed: 10 + round)))
            }
            await answers.frames(3)
            await requests.frames(3)
            let sent = (0..<3).map { pattern(byteCount, seed: $0) }
            let isRequestWhole = requests.frames == sent
            #expect(isRequestWhole)
            let answered = (10..<13).map { pattern(byteCount, seed: $0) }
            let isAnswerWhole = answers.frames == answered
            #expect(isAnswerWhole)
            #expect(client.connection.bytesSent == UInt64(3 * (byteCount + 4)))
            #expect(server.connection.bytesReceived == UInt64(3 * (byteCount + 4)))
            // What this suite is for: steps that waited for the other direction.
            #expect(server.layer.crossedReadCount > 0)
            #expect(client.layer.crossedWriteCount > 0)
            client.connection.close()
            await requests.closed()
            #expect(requests.closeCount == 1)
            #expect(client.layer.isClosed)
            #expect(server.layer.isClosed)
        }
    }

    /// The length that stands before a frame.
    private static func length(of payload: [UInt8]) -> ByteBuffer {
        let buffer = frame(payload)
        buffer.truncate(to: 4)
        return buffer
    }

    @Test func sendsFilesThroughTheLayer() async throws {
        try await onLoop { home in
            let pair = try Self.pair(on: home.loop)
            let client = pair.client
            let server = pair.server
            let received = Received(client.connection)
            let content = pattern(150_000)
            let head = Self.length(of: content)
            let region = FileRegion(file: try temporaryFile([9, 9] + content), offset: 2, byteCount: content.count)
            server.connection.send([.buffer(head), .file(region)])
            await received.frames(1)
            let isWhole = received.frames == [content]
            #expect(isWhole)
            client.connection.close()
            server.connection.close()
        }
    }

    /// Bytes that the layer holds are announced by nobody: with little to read in a turn they must
    /// be asked for.
    @Test func readsOnWhatTheLayerHolds() async throws {
        try await onLoop { home in
            let pair = try Self.pair(on: home.loop, FrameLimits(turnByteCountMax: 7))
            let client = pair.client
            let server = pair.server
            let received = Received(server.connection)
            client.connection.send(frame(pattern(600)))
            await received.frames(1)
            #expect(received.frames == [pattern(600)])
            server.connection.pauseReading()
            client.connection.send(frame(pattern(500, seed: 1)))
            await home.loop.pass(turns: 4)
            #expect(received.frames.count == 1)
            server.connection.resumeReading()
            await received.frames(2)
            #expect(received.frames.last == pattern(500, seed: 1))
            client.connection.close()
            server.connection.close()
        }
    }

    @Test func nothingGoesBeforeTheHandshake() async throws {
        try await onLoop { home in
            let sockets = try Self.sockets()
            let own = sockets.own
            let peer = sockets.peer
            let end = try End(own, home.loop, FrameLimits())
            end.connection.send(frame([1, 2, 3]))
            await home.loop.pass(turns: 4)
            var bytes = [UInt8](repeating: 0, count: 100)
            #expect(read(peer, &bytes, 100) == 1)
            #expect(write(peer, "H", 1) == 1)
            while end.connection.queuedByteCount > 0 { await Task.yield() }
            #expect(read(peer, &bytes, 100) == 10)
            let masked = [0, 0, 0, 3, 1, 2, 3].map { UInt8($0) ^ TestLayer.mask }
            #expect(Array(bytes[..<10]) == [UInt8(ascii: "D"), 0, 7] + masked)
            end.connection.close()
            close(peer)
        }
    }

    @Test(arguments: ["X", "HX"])
    func aBrokenStreamEndsTheConnectionWithTheLayersError(sent: String) async throws {
        try await onLoop { home in
            let sockets = try Self.sockets()
            let own = sockets.own
            let peer = sockets.peer
            let end = try End(own, home.loop, FrameLimits())
            let received = Received(end.connection)
            #expect(write(peer, sent, sent.utf8.count) == sent.utf8.count)
            await received.closed()
            #expect(received.error?.reason == "a record of kind 88")
            #expect(end.layer.isClosed)
            close(peer)
        }
    }

    @Test func aHandshakeHasItsTime() async throws {
        try await onLoop { home in
            let sockets = try Self.sockets()
            let own = sockets.own
            let peer = sockets.peer
            let end = try End(own, home.loop, FrameLimits(frameTimeoutNs: 5_000_000))
            let received = Received(end.connection)
            await received.closed()
            #expect(received.error?.code == .timedOut)
            #expect(received.error?.operation == .connect)
            #expect(received.error?.reason == "the handshake was not done within 5 ms")
            close(peer)
        }
    }
}
