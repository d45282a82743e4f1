import Bytes
import Glibc
import Testing

@testable import Networking

/// In processes of their own, because others of this process open descriptors too.
@Suite(.timeLimit(.minutes(5))) struct DescriptorLeakTests {
    @Test func loopsConnectionsAndListenersLeaveNothingOpen() async {
        await #expect(processExitsWith: .success) {
            try await useEverything()  // once before, for what the runtime keeps
            let before = openDescriptorCount()
            for _ in 0..<5 { try await useEverything() }
            precondition(openDescriptorCount() == before, "\(before) were open, now \(openDescriptorCount())")
        }
    }
}

private func useEverything() async throws {
    let mute = try MuteAddress()
    try await onLoop { home in
        let loop = home.loop
        let pool = BufferPool(keptByteCountMax: 1 << 20)
        // Left open for the end of the loop to close.
        let kept = try await Pair.make(on: loop)
        kept.client.send(frame(pattern(8 << 20)))
        _ = try Listener(at: loopback, on: loop, pool: pool) { _ in }
        for _ in 0..<20 {
            let pair = try await Pair.make(on: loop)
            let received = Received(pair.server)
            let file = try temporaryFile(pattern(1_000))
            pair.client.send([.file(FileRegion(file: file, offset: 0, byteCount: 1_000))])
            pair.client.close()
            await received.closed()
        }
        let outcomes = [
            await code {
                _ = try await FramedConnection.connect(
                    to: mute.address, on: loop, pool: pool, deadlineNs: EventLoop.nowNs() + 5_000_000)
            },
            await code {
                _ = try await FramedConnection.connect(
                    to: SocketAddress(host: "127.0.0.1", port: 1), on: loop, pool: pool, deadlineNs: lateNs())
            },
        ]
        precondition(outcomes == [.timedOut, .connectionRefused])
    }
}

private func openDescriptorCount() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
}
