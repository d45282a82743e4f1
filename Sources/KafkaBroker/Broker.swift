public import Networking

/// A Kafka broker in one process and on one loop: topics on segment files, committed offsets, and the APIs that producers, consumers without
/// membership and admin tools need.
///
/// Everything behind it lives on the loop, file work too, so that nothing is locked or handed between threads.
public final class Broker: Sendable {
    private let configuration: BrokerConfiguration
    private let loop: EventLoop
    private let onLog: @Sendable (String) -> Void
    private let core = LoopBound<BrokerCore>()

    /// A broker that will live on `loop`; `onLog` gets what an operator should know, a line each, on the loop.
    public init(
        configuration: BrokerConfiguration, loop: EventLoop, onLog: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.loop = loop
        self.onLog = onLog
    }

    /// Recovers what the data directory holds, listens, and returns the port.
    public func start() async throws(BrokerError) -> UInt16 {
        let outcome = await onLoop { [configuration, loop, onLog, core] () -> Result<UInt16, BrokerError> in
            guard core.value == nil else {
                return .failure(BrokerError(.notStartable, "the broker was started before"))
            }
            do throws(BrokerError) {
                let started = try BrokerCore(configuration, loop, onLog)
                core.value = started
                return .success(started.port)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Stops listening, closes every connection, leaves the data ready for a quick start, and lets go of the data directory.
    public func stop() async {
        await onLoop { [core] in
            core.value?.stop()
            core.value = nil
        }
    }

    /// Looks at the running broker, for tests.
    func inspect<Result: Sendable>(_ body: @escaping @Sendable (BrokerCore) -> Result) async -> Result? {
        await onLoop { [core] in core.value.map(body) }
    }

    private func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body()) }
        }
    }
}

/// Something that is touched on one loop only; whoever holds it keeps that rule.
private final class LoopBound<Value>: @unchecked Sendable {
    var value: Value?
}
