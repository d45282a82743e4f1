import BenchmarkPlan

/// The brokers that run, each started when the first sample wants it.
final class BrokerPool {
    private let tools: Tools
    private let partitions: Int
    private var running: [RunningBroker] = []
    /// Why some could not be started: they are not tried again for each sample.
    private var failures: [(choice: BrokerChoice, delayMs: Int, error: BenchmarkError)] = []

    init(tools: Tools, partitions: Int) {
        self.tools = tools
        self.partitions = partitions
    }

    /// The broker of a kind and delay.
    func broker(_ choice: BrokerChoice, delayMs: Int = 0) throws(BenchmarkError) -> RunningBroker {
        if let broker = runningBroker(choice, delayMs) { return broker }
        if let failure = failures.first(where: { $0.choice == choice && $0.delayMs == delayMs }) { throw failure.error }
        do {
            let broker = try RunningBroker(choice, delayMs: delayMs, tools: tools, partitions: partitions)
            running.append(broker)
            return broker
        } catch {
            failures.append((choice, delayMs, error))
            throw error
        }
    }

    /// Whether these cells want an Apache Kafka that has not been warmed up for what they do: its
    /// JVM has to compile that first.
    func hasColdKafka(for cells: [Cell]) -> Bool {
        cells.contains { cell in
            cell.brokers.contains { choice, delayMs in
                choice != .embedded
                    && runningBroker(choice, delayMs)?.warmed.contains(cell.workload.kind) != true
            }
        }
    }

    /// Notes that the loads of these cells have been run often enough.
    func setWarm(for cells: [Cell]) {
        for cell in cells {
            for (choice, delayMs) in cell.brokers { runningBroker(choice, delayMs)?.warmed.insert(cell.workload.kind) }
        }
    }

    private func runningBroker(_ choice: BrokerChoice, _ delayMs: Int) -> RunningBroker? {
        running.first { $0.choice == choice && $0.delayMs == delayMs }
    }

    /// Ends the brokers that none of these cells wants.
    func keepOnly(_ cells: [Cell]) {
        let wanted = cells.flatMap(\.brokers)
        for broker in running where !wanted.contains(where: { $0 == (broker.choice, broker.delayMs) }) { broker.stop() }
        running.removeAll { broker in !wanted.contains { $0 == (broker.choice, broker.delayMs) } }
    }

    /// Ends all of them.
    func stop() { keepOnly([]) }
}

extension Cell {
    /// The brokers that its contestants need.
    fileprivate var brokers: [(BrokerChoice, Int)] {
        switch workload {
        case .recordLatency, .codec: []
        case .brokerCost: [(.embedded, 0), (broker, 0)]
        default: [(broker, delayMs)]
        }
    }
}

extension Workload {
    /// What a broker's code for it is shared by.
    fileprivate var kind: String {
        switch self {
        case .produce: "produce"
        case .fetch: "fetch"
        // The broker's own cost is compared, so each sample must have ended with its own work done.
        case .brokerCost: id
        default: "start"
        }
    }
}
