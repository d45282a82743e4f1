import Bytes
import Glibc
import System
import Testing

@testable import Networking

/// What peers do that mean harm, or know no better.
@Suite(.timeLimit(.minutes(5))) struct BadPeerTests {
    private static let limits = FrameLimits(maxFrameByteCount: 1 << 20, minFrameByteCount: 8)

    /// Whatever comes, a connection delivers frames within its limits or closes with a typed error,
    /// and the next one works.
    @Test func garbageEndsItsOwnConnectionOnly() async throws {
        try await onLoop { home in
            var random = SplitMix64(seed: 99)
            var closed = 0
            var codes: Set<NetworkError.Code> = []
            let listener = try Listener(
                at: loopback, on: home.loop, pool: BufferPool(keptByteCountMax: 1 << 20), limits: Self.limits
            ) { connection in
                connection.onFrame = { payload in
                    #expect(payload.count >= 8 && payload.count <= 1 << 20)
                    connection.send(frame(content(payload)))
                    connection.pool.give(payload)
                }
                connection.onClose = { error in
                    closed += 1
                    if let error { codes.insert(error.code) }
                }
            }
            for round in 0..<150 {
                let peer = try RawPeer(to: listener.address)
                var bytes = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                // Half of them begin with a length that could be one.
                if round % 2 == 0 { bytes = [0, 0, UInt8(round % 3), UInt8(round)] + bytes }
                peer.send(bytes)
                if round % 5 == 0 { peer.reset() } else { peer.endSending() }
                while closed <= round { await Task.yield() }
            }
            #expect(listener.connectionCount == 0)
            #expect(codes.isSuperset(of: [.closedByPeer, .frameTooLarge, .frameTooSmall, .negativeFrameLength]))
            let peer = try RawPeer(to: listener.address)
            peer.send(content(frame(pattern(100))))
            var answer = [UInt8](repeating: 0, count: 104)
            while recv(peer.descriptor, &answer, 104, Int32(MSG_PEEK | MSG_DONTWAIT)) < 104 { await Task.yield() }
            _ = recv(peer.descriptor, &answer, 104, 0)
            #expect(answer == content(frame(pattern(100))))
            listener.close()
        }
    }

    /// In a process of its own, whose memory is nobody else's.
    @Test func aThousandClaimsOfLargeFramesTakeLittleMemory() async {
        await #expect(processExitsWith: .success) {
            try await onLoop { home in
                var limits = FrameLimits()
                limits.maxFrameByteCount = 100 << 20
                let pool = BufferPool(keptByteCountMax: 8 << 20)
                let accepted = Accepted()
                let listener = try Listener(at: loopback, on: home.loop, pool: pool, limits: limits) { connection in
                    connection.onFrame = { _ in }
                    accepted.add(connection)
                }
                let before = residentByteCount()
                // Two thousand descriptors, where the process may have that many.
                let peers = try (0..<1_000).map { _ in
                    let peer = try RawPeer(to: listener.address)
                    peer.send([0x06, 0x40, 0, 0] + pattern(1_000))
                    return peer
                }
                while accepted.waiting.count < 1_000 || !accepted.waiting.allSatisfy({ $0.bytesReceived == 1_004 }) {
                    await Task.yield()
                }
                let grown = residentByteCount() - before
                precondition(grown < 64 << 20, "\(grown) bytes for a gigabyte of claims")
                withExtendedLifetime(peers) {}
            }
        }
    }

    /// A client that asks and asks and never listens: who serves it can stop reading, and then
    /// nothing grows.
    @Test func aPeerThatNeverListensIsHeldBackByBackpressure() async throws {
        try await onLoop { home in
            let options = SocketOptions(sendBufferByteCount: 16_384, receiveBufferByteCount: 16_384)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, options: options)
            let queuedMax = 256 << 10
            var most = 0
            connection.drainByteCount = queuedMax / 2
            connection.onDrain = { connection.resumeReading() }
            connection.onFrame = { payload in
                connection.send(frame(pattern(10_000)))
                connection.pool.give(payload)
                most = max(most, connection.queuedByteCount)
                if connection.queuedByteCount > queuedMax { connection.pauseReading() }
            }
            let asked = (0..<20_000).flatMap { _ in content(frame([1, 2, 3, 4])) }
            let sender = HelperThread { peer.send(asked) }
            while connection.queuedByteCount <= queuedMax { await Task.yield() }
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 20_000_000)
            #expect(most <= queuedMax + 10_004)
            #expect(connection.queuedByteCount > queuedMax / 2)
            #expect(connection.bytesReceived < asked.count)
            connection.close()
            _ = await sender.value()
        }
    }

    @Test func connectingAndLeavingOverAndOverLeavesNothingBehind() async throws {
        try await onLoop { home in
            var accepted = 0
            let listener = try Listener(at: loopback, on: home.loop, pool: BufferPool(keptByteCountMax: 0)) {
                connection in
                accepted += 1
                connection.onFrame = { _ in }
            }
            for round in 0..<300 {
                let peer = try RawPeer(to: listener.address)
                if round % 2 == 0 { peer.reset() } else { peer.close() }
                if round % 50 == 0 { await Task.yield() }
            }
            // A reset in the queue may be dropped by the kernel before it is accepted.
            while accepted < 150 || listener.connectionCount > 0 { await Task.yield() }
            #expect(listener.pauseCount == 0)
            listener.close()
        }
    }
}

private func residentByteCount() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self).split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
