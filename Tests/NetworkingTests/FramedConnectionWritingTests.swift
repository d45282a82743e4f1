import Bytes
import Glibc
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct FramedConnectionWritingTests {
    @Test func fileRegionsGoOutBetweenBuffersThroughATinySocket() async throws {
        try await onLoop { home in
            let options = SocketOptions(sendBufferByteCount: 4_096, receiveBufferByteCount: 4_096)
            let pair = try await Pair.make(on: home.loop, options: options)
            let bytes = pattern(300_000)
            let file = try temporaryFile(bytes)
            let received = Received(pair.client)
            var expected: [[UInt8]] = []
            for index in 0..<8 {
                let region = FileRegion(file: file, offset: Int64(index * 1_000), byteCount: 20_000 + index)
                let head = ByteBuffer(capacity: 64)
                head.append([UInt8](repeating: 0, count: 4).span.bytes)
                head.append([UInt8](repeating: 0xaa, count: index).span.bytes)
                let tail = ByteBuffer(capacity: 64)
                tail.append([UInt8](repeating: 0xbb, count: 7).span.bytes)
                head.overwrite(Int32(index + region.byteCount + 7), at: 0)
                pair.server.send([.buffer(head), .file(region), .buffer(tail)])
                expected.append(
                    [UInt8](repeating: 0xaa, count: index) + bytes[index * 1_000..<index * 1_000 + region.byteCount]
                        + [UInt8](repeating: 0xbb, count: 7))
            }
            await received.frames(8)
            let isWhole = received.frames == expected
            #expect(isWhole)
            #expect(pair.server.queuedByteCount == 0)
            #expect(pair.server.bytesSent == UInt64(expected.map { $0.count + 4 }.reduce(0, +)))
        }
    }

    @Test func aFileThatEndsEarlyClosesTheConnection() async throws {
        try await onLoop { home in
            let pair = try await Pair.make(on: home.loop)
            let sender = Received(pair.server)
            let file = try temporaryFile(pattern(100))
            pair.server.send([.file(FileRegion(file: file, offset: 50, byteCount: 51))])
            await sender.closed()
            #expect(sender.error?.code == .fileEndedEarly)
            #expect(sender.error?.operation == .write)
        }
    }

    @Test func aSlowReaderFillsTheQueueAndTheDrainIsTold() async throws {
        try await onLoop { home in
            let options = SocketOptions(sendBufferByteCount: 16_384, receiveBufferByteCount: 16_384)
            let pair = try await Pair.make(on: home.loop, options: options)
            let received = Received(pair.client)
            pair.client.pauseReading()
            pair.server.drainByteCount = 50_000
            var drains: [Int] = []
            pair.server.onDrain = { drains.append(pair.server.queuedByteCount) }
            for seed in 0..<100 { pair.server.send(frame(pattern(9_996, seed: seed))) }
            #expect(pair.server.queuedByteCount == 1_000_000)  // nothing is written inside send
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 10_000_000)
            let stuck = pair.server.queuedByteCount
            #expect(stuck > 500_000)
            #expect(drains.isEmpty)
            let before = home.loop.turnCount
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 10_000_000)
            #expect(pair.server.queuedByteCount > 500_000)
            #expect(home.loop.turnCount - before < 10)  // waiting for room is not spinning
            pair.client.resumeReading()
            await received.frames(100)
            #expect(drains.count == 1)
            #expect(drains.allSatisfy { $0 <= 50_000 })
            let isWhole = received.frames == (0..<100).map { pattern(9_996, seed: $0) }
            #expect(isWhole)
        }
    }

    @Test func sentIsToldInOrderAndOnlyOfWhatWasHandedOver() async throws {
        try await onLoop { home in
            let options = SocketOptions(sendBufferByteCount: 4_096, receiveBufferByteCount: 4_096)
            let pair = try await Pair.make(on: home.loop, options: options)
            let received = Received(pair.client)
            var told: [Int] = []
            for index in 0..<40 {
                pair.server.send([.buffer(frame(pattern(2_996, seed: index)))]) {
                    told.append(index)
                    #expect(pair.server.bytesSent >= UInt64((index + 1) * 3_000))
                }
            }
            pair.server.send([]) { told.append(40) }
            #expect(told.isEmpty)
            await received.frames(40)
            #expect(told == Array(0...40))
        }
    }

    @Test func aBufferIsFreeAgainOnceItsPartsAreSentOrDropped() async throws {
        try await onLoop { home in
            let pair = try await Pair.make(on: home.loop)
            let received = Received(pair.client)
            let sender = Received(pair.server)
            weak var sent: ByteBuffer?
            weak var dropped: ByteBuffer?
            do {
                let buffer = frame([1, 2, 3])
                sent = buffer
                pair.server.send(buffer)
            }
            await received.frames(1)
            #expect(sent == nil)
            do {
                let buffer = frame([1, 2, 3])
                dropped = buffer
                pair.server.send(buffer) { Issue.record("told of what was never sent") }
            }
            pair.server.close()
            await sender.closed()
            #expect(dropped == nil)
        }
    }

    @Test func sendingToAPeerThatIsGoneFailsOutsideOfSend() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            let received = Received(connection)
            connection.pauseReading()
            peer.close()
            while connection.isOpen {
                connection.send(frame(pattern(1_000)))
                #expect(received.closeCount == 0 || !connection.isOpen)
                await Task.yield()
            }
            await received.closed()
            #expect(received.error?.code == .connectionReset)
            #expect(received.closeCount == 1)
            connection.send(frame([1]))  // nothing, and no crash
            #expect(connection.queuedByteCount == 0)
        }
    }

    @Test func aResetWhileTheSocketIsFullEndsTheWriting() async throws {
        try await onLoop { home in
            let options = SocketOptions(sendBufferByteCount: 4_096)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, options: options)
            let received = Received(connection)
            connection.pauseReading()
            connection.send(frame(pattern(8 << 20)))
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 2_000_000)
            #expect(connection.queuedByteCount > 0)
            peer.reset()
            await received.closed()
            #expect(received.error?.code == .connectionReset)
            #expect(received.error?.operation == .write)
        }
    }

    @Test func aPeerThatOnlySendsNoMoreStillGetsWhatWasAnsweredAtOnce() async throws {
        try await onLoop { home in
            let (peer, connection) = try await RawPeer.pair(on: home.loop)
            connection.onFrame = { payload in connection.send(frame(content(payload))) }
            peer.send(content(frame([1, 2, 3])))
            while connection.bytesSent == 0 { await Task.yield() }
            peer.endSending()
            let reader = HelperThread { peer.receiveAll() }
            #expect(await reader.value() == content(frame([1, 2, 3])))
        }
    }
}

/// A blocking call on a thread of its own, which the tasks of other tests cannot hold up.
struct HelperThread<Value: Sendable> {
    private let values: AsyncStream<Value>

    init(_ body: @escaping @Sendable () -> Value) {
        let (values, found) = AsyncStream<Value>.makeStream()
        self.values = values
        HelperThreads.shared.execute {
            found.yield(body())
            found.finish()
        }
    }

    nonisolated(nonsending) func value() async -> Value? {
        var iterator = values.makeAsyncIterator()
        return await iterator.next(isolation: #isolation)
    }
}
