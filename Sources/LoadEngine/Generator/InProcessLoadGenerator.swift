import Bytes
import Measurement
import Networking
import Scenario

/// Generates load on a loop of this process.
struct InProcessLoadGenerator: LoadGenerator {
    let loop: EventLoop

    func measure(_ order: MeasurementOrder, _ control: MeasurementControl) async throws -> Measured {
        let ticker = Ticker(control.onProgress)
        let control = MeasurementControl(
            interruption: control.interruption, loss: control.loss, onProgress: ticker.update, ask: control.ask)
        // What earlier measurements left in the pool would count as this one's memory.
        loop.execute { [loop] in
            loop.pool.removeAll()
            PeakMemory.trim()
        }
        return try await withTaskExecutorPreference(loop) { try await carryOut(order, control) }
    }

    private func carryOut(_ order: MeasurementOrder, _ control: MeasurementControl) async throws -> Measured {
        switch order.workload {
        case .produce(let spec):
            .produced(try await ProduceMeasurement(order: order, spec: spec, control: control, loop: loop).run())
        case .consume(let spec):
            .consumed(try await ConsumeMeasurement(order: order, spec: spec, control: control, loop: loop).run())
        case .endToEnd(let produce, let consume):
            try await EndToEndMeasurement(
                order: order, produce: produce, consume: consume, control: control, loop: loop
            ).run()
        case .start(let spec):
            .started(try await StartMeasurement(order: order, spec: spec, control: control, loop: loop).run())
        }
    }

    func close() async {}
}
