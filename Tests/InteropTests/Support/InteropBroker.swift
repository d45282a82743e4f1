import Foundation
import Synchronization

/// A broker in a process of its own, for clients that are not Weir's.
protocol InteropBroker: Sendable {
    var bootstrap: String { get }
    /// Kills it where it stands.
    func crash() async
    /// Starts it again on the same log and port.
    func startAgain() async throws
    /// Stops it cleanly, which must succeed.
    func end() async throws
}

extension InteropBroker {
    func crashAndStartAgain() async throws {
        await crash()
        try await startAgain()
    }
}

/// Runs `body` against a new broker with an empty log and two partitions for every topic, and ends
/// it afterwards.
///
/// It is `weir broker`, or Apache Kafka where INTEROP_BROKER is "kafka" and KAFKA_HOME says where
/// it is, to tell whose fault a failure is.
func withBroker(_ body: (any InteropBroker) async throws -> Void) async throws {
    await Gate.brokers.enter()
    defer { Gate.brokers.leave() }
    let broker: any InteropBroker
    if ProcessInfo.processInfo.environment["INTEROP_BROKER"] == "kafka", let home = KafkaServer.home {
        let server = try KafkaServer(home: home, properties: ["num.partitions=2"])
        try await server.start()
        broker = server
    } else {
        broker = try await WeirBroker()
    }
    do {
        try await body(broker)
    } catch {
        // The first error is the one to report.
        try? await broker.end()
        throw error
    }
    try await broker.end()
}

extension KafkaServer: InteropBroker {
    func crash() async { await stop(kill: true) }

    func startAgain() async throws { try await start() }

    func end() async throws { try await remove() }
}

/// Lets at most so many in at a time, because each starts processes.
final class Gate: Sendable {
    static let brokers = Gate(room: 2)
    /// Suites that have an Apache Kafka each.
    static let kafka = Gate(room: 1)

    private struct State {
        var room: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    private init(room: Int) { state = Mutex(State(room: room)) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                guard state.room == 0 else {
                    state.room -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isIn { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.room += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
