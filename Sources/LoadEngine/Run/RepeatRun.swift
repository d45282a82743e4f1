import Results
import Scenario

/// One repeat under way: its round, its load generator, and the handler of its progress.
struct RepeatRun: Sendable {
    /// The round, from 1.
    let round: Int
    let generator: any LoadGenerator
    let interruption: Interruption
    /// Hears the records, or starts, so far, about five times a second.
    let onProgress: @Sendable (Int) -> Void
}

extension CellSession {
    /// The order to measure this cell, with the ranges of its logs.
    func order(round: Int, over ranges: [LogRange]) -> MeasurementOrder {
        MeasurementOrder(
            round: round, workload: cell.workload, measure: cell.measure, connection: target.connectionProperties,
            topic: OrderedTopic(name: topic, ranges: ranges, isOwn: ownsTopic), seed: seed,
            limit: target.writeLimit(codec: topicCodec), brokerPid: target.brokerPid)
    }

    /// Has the load generator carry out an order.
    ///
    /// `ask` does what is requested in the middle; whatever it waits for ends with the cell.
    func measure(
        _ order: MeasurementOrder, _ run: RepeatRun,
        ask: @escaping @Sendable (EngineRequest) async throws -> EngineAnswer = {
            throw EngineError("the load generator requested what its order has no need of: \($0)")
        }
    ) async throws -> Measured {
        let control = MeasurementControl(
            interruption: run.interruption, loss: watch.loss, onProgress: run.onProgress,
            ask: { request in
                try await watch.loss.unlessLost(on: target.loop) { try await ask(request) }
            })
        return try await run.generator.measure(order, control)
    }
}

extension EngineError {
    /// A load generator that measured something else than it was ordered to.
    static var otherMeasurement: EngineError {
        EngineError("the load generator measured something else than was ordered")
    }
}

extension Repeat {
    /// Enters that it was stopped, if it was.
    mutating func note(_ interruption: Interruption) {
        guard interruption.isRequested else { return }
        invalidReasons.append(InvalidReason(.interrupted, "stopped before its window had ended"))
    }
}
