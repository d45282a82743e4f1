import Bytes
import CLinux
import Glibc
import System
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct ListenerTests {
    @Test func choosesAFreePortAndSaysWhenOneIsTaken() async throws {
        try await onLoop { home in
            let pool = BufferPool(keptByteCountMax: 0)
            let listener = try Listener(at: loopback, on: home.loop, pool: pool) { _ in }
            #expect(listener.port > 0)
            let error = #expect(throws: NetworkError.self) {
                _ = try Listener(at: listener.address, on: home.loop, pool: pool) { _ in }
            }
            #expect(error?.description == "\(listener.address): listen: address already in use")
            #expect(error?.code == .addressInUse)
            listener.close()
            listener.close()
        }
    }

    @Test func takesANumberToListenAt() async throws {
        try await onLoop { home in
            let address = SocketAddress(host: "example.org", port: 0)
            let error = #expect(throws: NetworkError.self) {
                _ = try Listener(at: address, on: home.loop, pool: BufferPool(keptByteCountMax: 0)) { _ in }
            }
            #expect(error?.code == .invalidAddress)
        }
    }

    @Test func givesItsOptionsToThoseItAccepts() async throws {
        try await onLoop { home in
            let options = SocketOptions(sendBufferByteCount: 20_000, receiveBufferByteCount: 30_000)
            let (peer, connection) = try await RawPeer.pair(on: home.loop, options: options)
            #expect(option(connection.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
            // The kernel takes twice as much, for what it notes beside the bytes.
            #expect(option(connection.descriptor, SOL_SOCKET, SO_SNDBUF) == 40_000)
            #expect(option(connection.descriptor, SOL_SOCKET, SO_RCVBUF) == 60_000)
            connection.close()
            peer.close()
        }
    }

    @Test func acceptsAFloodAndServesEachOfIt() async throws {
        try await onLoop { home in
            let listener = try Listener(at: loopback, on: home.loop, pool: BufferPool(keptByteCountMax: 1 << 16)) {
                connection in
                connection.onFrame = { payload in connection.send(frame(content(payload))) }
            }
            let peers = try (0..<500).map { _ in try RawPeer(to: listener.address) }
            for (index, peer) in peers.enumerated() { peer.send(content(frame(pattern(index)))) }
            let answers = HelperThread {
                peers.map { peer in
                    peer.endSending()
                    return peer.receiveAll()
                }
            }
            let found = try #require(await answers.value())
            // A peer that ends its stream is closed at once, so what it gets is all of its answer
            // or none.
            let isSound = found.enumerated().allSatisfy { $1 == content(frame(pattern($0))) || $1 == [] || $1 == nil }
            #expect(isSound)
            while listener.connectionCount > 0 { await Task.yield() }
            listener.close()
        }
    }

    @Test func noMoreThanItsBoundAreOpenAtOnce() async throws {
        try await onLoop { home in
            let accepted = Accepted()
            let listener = try Listener(
                at: loopback, on: home.loop, pool: BufferPool(keptByteCountMax: 0), connectionCountMax: 3
            ) { accepted.add($0) }
            let peers = try (0..<5).map { _ in try RawPeer(to: listener.address) }
            while accepted.waiting.count < 3 { await Task.yield() }
            await home.loop.pass(turns: 4)
            #expect(accepted.waiting.count == 3)
            #expect(listener.connectionCount == 3)
            let before = home.loop.turnCount
            try await home.loop.sleep(untilNs: EventLoop.nowNs() + 10_000_000)
            #expect(home.loop.turnCount - before < 10)
            #expect(listener.pauseCount == 1)
            accepted.waiting[0].close()
            while accepted.waiting.count < 4 { await Task.yield() }
            #expect(listener.connectionCount == 3)
            for connection in accepted.waiting { connection.close() }
            while accepted.waiting.count < 5 { await Task.yield() }
            for connection in accepted.waiting { connection.close() }
            listener.close()
            withExtendedLifetime(peers) {}
        }
    }

    /// In a process of its own, because the limit on descriptors is the process's; and with a table
    /// of descriptors of the loop's own, because libdispatch, which now and then opens a file of
    /// /proc, does not outlive having none.
    @Test func wantOfDescriptorsNeitherSpinsNorEndsTheListening() async {
        await #expect(processExitsWith: .success) {
            try await onLoop { home in
                let accepted = Accepted()
                let listener = try Listener(
                    at: loopback, on: home.loop, pool: BufferPool(keptByteCountMax: 0)
                ) { accepted.add($0) }
                let peers = try (0..<10).map { _ in try RawPeer(to: listener.address) }
                precondition(unshare(CLONE_FILES) == 0, "no table of descriptors of its own: \(Errno.last.text)")
                let fillers = takeAllDescriptors()
                while listener.pauseCount == 0 { await Task.yield() }
                let before = home.loop.turnCount
                try await home.loop.sleep(untilNs: EventLoop.nowNs() + 300_000_000)
                precondition(home.loop.turnCount - before < 100, "\(home.loop.turnCount - before) turns")
                precondition(accepted.waiting.isEmpty, "\(accepted.waiting.count) accepted")
                for filler in fillers { close(filler) }
                while accepted.waiting.count < 10 { await Task.yield() }
                withExtendedLifetime(peers) {}
                for connection in accepted.waiting { connection.close() }
                listener.close()
            }
        }
    }
}

/// `CLONE_FILES`, which Glibc's headers have under _GNU_SOURCE only.
private let CLONE_FILES: Int32 = 0x400

private func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var byteCount = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, level, name, &value, &byteCount) == 0 ? value : nil
}

/// Leaves the calling thread no descriptor to spare, and returns those that it took; others have a
/// hundred left.
private func takeAllDescriptors() -> [Int32] {
    // Each is the lowest that is free, so that none below the last one is, whatever the process
    // began with.
    let fillers = (0..<100).map { _ in open("/dev/null", O_RDONLY) }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = rlim_t(fillers[99] + 1)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return fillers
}
