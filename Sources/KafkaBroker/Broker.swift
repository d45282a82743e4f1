public import Measurement
public import Networking

/// A Kafka broker in one process and on one loop: topics on segment files, committed offsets, and
/// the APIs that producers, consumers without membership and admin tools need.
///
/// Everything behind it lives on the loop, file work too, so that nothing is locked or handed
/// between threads.
public actor Broker {
    private let configuration: BrokerConfiguration
    private let loop: EventLoop
    private let onLog: @Sendable (String) -> Void
    private var core: BrokerCore?

    /// The loop.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    /// A broker that will live on `loop`; `onLog` gets what an operator should know, a line each,
    /// on the loop.
    public init(
        configuration: BrokerConfiguration, loop: EventLoop, onLog: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.loop = loop
        self.onLog = onLog
    }

    /// Recovers what the data directory holds, listens, and returns the port.
    public func start() throws(BrokerError) -> UInt16 {
        guard core == nil else { throw BrokerError(.notStartable, "the broker was started before") }
        let started = try BrokerCore(configuration, loop, onLog)
        core = started
        return started.port
    }

    /// Stops listening, closes every connection, leaves the data ready for a quick start, and lets
    /// go of the data directory.
    public func stop() {
        core?.stop()
        core = nil
    }

    /// How long answers were put off so far as `weir.request.…` says, in ns from when each was
    /// ready to when it was sent; nil where nothing is slowed down.
    public func appliedDelays() -> HdrHistogram? { core?.slowing?.applied }

    /// Looks at the running broker, for tests.
    func inspect<Result: Sendable>(_ body: @Sendable (BrokerCore) -> Result) -> Result? { core.map(body) }
}
