import Bytes
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct FramedConnectionReadingTests {
    @Test func framesThatComeByteByByte() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            let payloads = [3, 0, 1, 9].map { pattern($0, seed: $0) }
            for byte in payloads.flatMap({ content(frame($0)) }) {
                let before = connection.bytesReceived
                peer.send([byte])
                while connection.bytesReceived == before { await Task.yield() }
            }
            await received.frames(payloads.count)
            #expect(received.frames == payloads)
        }
    }

    @Test func manyFramesInOneStretch() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let payloads = (0..<3_000).map { pattern($0 % 41, seed: $0) }
            let received = Received(connection)
            peer.send(payloads.flatMap { content(frame($0)) })
            await received.frames(payloads.count)
            let isWhole = received.frames == payloads
            #expect(isWhole)
        }
    }

    @Test func framesBeforeTheEndAreDeliveredAndACleanEndIsNoError() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            peer.send(content(frame([1, 2])) + content(frame([])))
            peer.close()
            await received.closed()
            #expect(received.frames == [[1, 2], []])
            #expect(received.error == nil)
            #expect(received.closeCount == 1)
        }
    }

    @Test(arguments: [
        ([0, 0], "2 of the 4 bytes of a frame's length"), ([0, 0, 0, 9, 1, 2], "2 of a frame's 9 bytes"),
        ([0, 0, 0, 9], "0 of a frame's 9 bytes"),
    ])
    func anEndInsideAFrameSaysHowFarItGot(sent: [UInt8], progress: String) async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            peer.send(content(frame([7])) + sent)
            peer.endSending()
            await received.closed()
            #expect(received.frames == [[7]])
            #expect(received.error?.code == .closedByPeer)
            #expect(received.error?.operation == .read)
            #expect(received.error?.reason == "the peer closed the connection after \(progress)")
        }
    }

    @Test(arguments: [
        (Array("GET / HTTP/1.1\r\n\r\n".utf8), NetworkError.Code.frameTooLarge),
        ([0x80, 0, 0, 0], .negativeFrameLength),
        ([0xff, 0xff, 0xff, 0xff], .negativeFrameLength), ([0, 0, 0, 3, 1, 2, 3], .frameTooSmall),
        ([0x06, 0x40, 0x00, 0x01], .frameTooLarge),
    ])
    func aLengthOutOfBoundsClosesTheConnection(sent: [UInt8], code: NetworkError.Code) async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop, limits: FrameLimits(minFrameByteCount: 4))
            let received = Received(connection)
            peer.send(content(frame([1, 2, 3, 4])) + sent)
            await received.closed()
            #expect(received.frames == [[1, 2, 3, 4]])
            #expect(received.error?.code == code)
            #expect(received.error?.address == connection.remoteAddress)
            #expect(!connection.isOpen)
            _ = peer.receiveAll()  // returns, because the other side is closed
        }
    }

    @Test func aResetIsAnErrorWithItsPhase() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            peer.reset()
            await received.closed()
            #expect(received.error?.code == .connectionReset)
            #expect(received.error?.operation == .read)
        }
    }

    /// A paused connection hears nothing of its peer by reading, and must neither spin nor sleep
    /// over a reset.
    @Test func aResetIsNoticedWhileReadingIsPaused() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            connection.pauseReading()
            peer.reset()
            await received.closed()
            #expect(received.error?.code == .connectionReset)
        }
    }

    @Test func aPausedConnectionWithDataWaitingDoesNotSpin() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            connection.pauseReading()
            peer.send(content(frame([1])))
            peer.endSending()
            let before = home.loop.turnCount
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 20_000_000)
            #expect(home.loop.turnCount - before < 10)
            #expect(received.frames.isEmpty && received.closeCount == 0)
            connection.resumeReading()
            await received.closed()
            #expect(received.frames == [[1]])
            #expect(received.error == nil)
        }
    }

    @Test func pausingInTheMiddleOfAStretchHoldsTheRestBack() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            var frames: [[UInt8]] = []
            connection.onFrame = { payload in
                frames.append(content(payload))
                connection.pauseReading()
            }
            let payloads = (0..<50).map { pattern($0, seed: $0) }
            peer.send(payloads.flatMap { content(frame($0)) })
            peer.send(content(frame(pattern(100_000))))
            for count in 1...payloads.count {
                while frames.count < count { await Task.yield() }
                for _ in 0..<5 { await Task.yield() }
                #expect(frames.count == count)
                connection.resumeReading()
                #expect(frames.count == count)  // never from inside resumeReading
            }
            while frames.count < 51 { await Task.yield() }
            let isWhole = frames == payloads + [pattern(100_000)]
            #expect(isWhole)
            connection.close()
        }
    }

    @Test func closingInsideACallbackDeliversNothingMore() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            var count = 0
            connection.onFrame = { _ in
                count += 1
                connection.close()
                connection.close()
                #expect(received.closeCount == 0)  // not from inside close() either
            }
            peer.send((0..<10).flatMap { content(frame([$0])) })
            await received.closed()
            #expect(count == 1)
            #expect(received.closeCount == 1)
            #expect(received.error == nil)
        }
    }

    @Test func nothingIsReadBeforeThereIsSomeoneToReceiveIt() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            peer.send(content(frame([1])))
            peer.endSending()
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 2_000_000)
            #expect(connection.bytesReceived == 0)
            let received = Received(connection)
            await received.closed()
            #expect(received.frames == [[1]])
        }
    }

    @Test func whoAsksLateHearsOfTheEndToo() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            peer.reset()
            while connection.isOpen { await Task.yield() }
            for _ in 0..<5 { await Task.yield() }
            let received = Received(connection)
            await received.closed()
            #expect(received.error?.code == .connectionReset)
        }
    }

    @Test func oneConnectionsFloodLeavesTheLoopItsTurns() async throws {
        try await onLoop { home in
            let limits = FrameLimits(turnByteCountMax: 16_384)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, limits: limits)
            peer.send((0..<200).flatMap { _ in content(frame(pattern(1_020))) })
            var byTurn: [UInt64: Int] = [:]
            var count = 0
            connection.onFrame = { payload in
                byTurn[home.loop.turnCount, default: 0] += 1
                count += 1
                connection.pool.give(payload)
            }
            while count < 200 { await Task.yield() }
            // One read may go past the bound by what one call takes.
            #expect(byTurn.values.max() ?? 0 <= 24)
            #expect(byTurn.count >= 9)
            connection.close()
        }
    }

    @Test func aFrameThatIsNeverEndedTimesOut() async throws {
        try await onLoop { home in
            let limits = FrameLimits(frameTimeoutNs: 10_000_000)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, limits: limits)
            let received = Received(connection)
            peer.send(content(frame([1])) + [0, 0])
            await received.closed()
            #expect(received.frames == [[1]])
            #expect(received.error?.code == .timedOut)
            #expect(received.error?.reason == "only 2 of the 4 bytes of a frame's length came within 10 ms")
        }
    }

    /// A peer that drips bytes is as slow as one that sends none; one that ends its frames is not.
    @Test func dripsDoNotKeepAFrameAliveButWholeFramesDo() async throws {
        try await onLoop { home in
            let limits = FrameLimits(frameTimeoutNs: 500_000_000)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, limits: limits)
            let received = Received(connection)
            let bytes = content(frame([1, 2, 3]))
            for _ in 0..<30 {
                peer.send(Array(bytes[..<5]))
                try await home.loop.sleep(untilNs: EventLoop.nowNs() + 20_000_000)
                peer.send(Array(bytes[5...]))
            }
            await received.frames(30)
            #expect(connection.isOpen)
            peer.send([0, 0, 0, 200])
            while connection.isOpen {
                peer.send([1])
                try await home.loop.sleep(untilNs: EventLoop.nowNs() + 20_000_000)
            }
            await received.closed()
            #expect(received.error?.code == .timedOut)
        }
    }

    @Test func aConnectionThatDoesNothingTimesOutIfThatWasAskedFor() async throws {
        try await onLoop { home in
            let limits = FrameLimits(idleTimeoutNs: 5_000_000)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, limits: limits)
            let received = Received(connection)
            await received.closed()
            #expect(received.error?.reason == "nothing was sent or received for 5 ms")
            withExtendedLifetime(peer) {}
        }
    }
}
