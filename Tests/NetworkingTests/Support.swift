import Bytes
import Glibc
import Synchronization
import System
import Testing

@testable import Networking

/// An actor that lives on a loop, as everything does that uses one.
actor Resident {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ loop: EventLoop) { self.loop = loop }

    func run<Value: Sendable>(
        _ body: @Sendable (isolated Resident) async throws -> Value
    ) async rethrows -> Value {
        try await body(self)
    }
}

/// Runs `body` on a fresh loop, and stops the loop afterwards.
func onLoop<Value: Sendable>(
    _ body: @escaping @Sendable (isolated Resident) async throws -> Value
) async throws -> Value {
    let loop = try EventLoop(name: "test")
    let task = start(on: loop, body)
    let result = await task.result
    await loop.stop()
    return try result.get()
}

/// Starts `body` as a task of `loop`.
func start<Value: Sendable>(
    on loop: EventLoop, _ body: @escaping @Sendable (isolated Resident) async throws -> Value
) -> Task<Value, any Error> {
    Task(executorPreference: loop) { try await Resident(loop).run(body) }
}

extension EventLoop {
    /// Lets the loop go round so often; on the loop. What was ready before the second turn has been
    /// told by the end.
    nonisolated(nonsending) func pass(turns: UInt64) async {
        let end = turnCount + turns
        while turnCount < end { await Task.yield() }
    }
}

/// A moment that no test reaches: on a busy machine, one that waits for its turn among all others
/// waits for minutes.
func lateNs() -> UInt64 { EventLoop.nowNs() + 600_000_000_000 }

let loopback = SocketAddress(host: "127.0.0.1", port: 0)

/// A frame with its length in front.
func frame(_ payload: [UInt8]) -> ByteBuffer {
    let buffer = ByteBuffer(capacity: payload.count + 4)
    buffer.append([UInt8](repeating: 0, count: 4).span.bytes)
    buffer.overwrite(Int32(payload.count), at: 0)
    buffer.append(payload.span.bytes)
    return buffer
}

/// Bytes that differ from place to place and from seed to seed, so that a shifted or repeated
/// stretch shows.
func pattern(_ byteCount: Int, seed: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount + tile.count)
    bytes += tile.suffix(tile.count - seed % tile.count)
    while bytes.count < byteCount { bytes += tile }
    return Array(bytes.prefix(byteCount))
}

/// Of a prime length, so that no power of two is a multiple of it.
private let tile: [UInt8] = {
    var random = SplitMix64(seed: 1)
    return (0..<8_191).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}()

func content(_ buffer: ByteBuffer) -> [UInt8] { buffer.withUnsafeBytes { Array($0) } }

/// Collects what a connection delivers, and lets a task on the same loop wait for it.
final class Received: @unchecked Sendable {
    private(set) var frames: [[UInt8]] = []
    private(set) var closeCount = 0
    private(set) var error: NetworkError?
    private var waiting: (isMet: () -> Bool, continuation: CheckedContinuation<Void, Never>)?

    init(_ connection: FramedConnection) {
        connection.onClose = { error in
            self.closeCount += 1
            self.error = error
            self.check()
        }
        connection.onFrame = { frame in
            self.frames.append(content(frame))
            connection.pool.give(frame)
            self.check()
        }
    }

    func check() {
        guard let waiting, waiting.isMet() else { return }
        self.waiting = nil
        waiting.continuation.resume()
    }

    nonisolated(nonsending) func until(_ isMet: @escaping () -> Bool) async {
        guard !isMet() else { return }
        await withCheckedContinuation { waiting = (isMet, $0) }
    }

    nonisolated(nonsending) func frames(_ count: Int) async {
        await until { self.frames.count >= count || self.closeCount > 0 }
    }

    nonisolated(nonsending) func closed() async { await until { self.closeCount > 0 } }
}

/// Two ends of a loopback connection on one loop.
struct Pair {
    let client: FramedConnection
    let server: FramedConnection

    static nonisolated(nonsending) func make(
        on loop: EventLoop, limits: FrameLimits = FrameLimits(), options: SocketOptions = SocketOptions()
    ) async throws -> Pair {
        let pool = BufferPool(keptByteCountMax: 16 << 20)
        let accepted = Accepted()
        let listener = try Listener(at: loopback, on: loop, pool: pool, limits: limits, options: options) {
            accepted.add($0)
        }
        let client = try await FramedConnection.connect(
            to: listener.address, on: loop, pool: pool, limits: limits, options: options, deadlineNs: lateNs())
        let server = await accepted.next()
        listener.close()
        return Pair(client: client, server: server)
    }
}

/// Connections that a listener accepted, for a task on the same loop to take.
final class Accepted {
    private(set) var waiting: [FramedConnection] = []
    private var continuation: CheckedContinuation<FramedConnection, Never>?

    func add(_ connection: FramedConnection) {
        guard let continuation else { return waiting.append(connection) }
        self.continuation = nil
        continuation.resume(returning: connection)
    }

    nonisolated(nonsending) func next() async -> FramedConnection {
        guard waiting.isEmpty else { return waiting.removeFirst() }
        return await withCheckedContinuation { continuation = $0 }
    }
}

/// A listening socket that nobody accepts from and whose queue is full: who dials it hears nothing.
final class MuteAddress: Sendable {
    let address: SocketAddress
    private let descriptors: [Int32]

    init() throws {
        let listener = try Socket.openListener(at: IPAddress("127.0.0.1", port: 0)!, SocketOptions(), backlog: 0)
        let place = try #require(Socket.localAddress(listener))
        var descriptors = [listener]
        // The queue takes one more than it was asked for; what comes after that stays unanswered.
        for _ in 0..<4 {
            let caller = try Socket.open(AF_INET)
            descriptors.append(caller)
            _ = try Socket.connect(caller, to: place)
        }
        self.descriptors = descriptors
        address = SocketAddress(place)
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}

/// A value that several threads may use.
final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    func with<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        mutex.withLock { body(&$0) }
    }
}
