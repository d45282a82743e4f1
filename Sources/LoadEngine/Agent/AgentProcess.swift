import Networking
import Synchronization

/// Generates load in a process of its own, `weir agent`, to which orders go one at a time.
///
/// A process that died, or that is still at work on an order that was given up, is replaced at the
/// next order.
final class AgentProcess: LoadGenerator {
    private let executable: String
    private let current = Mutex<AgentConnection?>(nil)

    /// An agent that is started with the first order, as `executable agent`.
    init(executable: String) { self.executable = executable }

    func measure(_ order: MeasurementOrder, _ control: MeasurementControl) async throws -> Measured {
        try await connection().measure(order, control)
    }

    func close() async {
        let agent = current.withLock { current in
            defer { current = nil }
            return current
        }
        await agent?.close()
    }

    private func connection() throws(EngineError) -> AgentConnection {
        try current.withLock { current throws(EngineError) in
            if let agent = current, agent.isIdle { return agent }
            current?.kill()
            let agent = try AgentConnection(executable: executable)
            current = agent
            return agent
        }
    }
}
