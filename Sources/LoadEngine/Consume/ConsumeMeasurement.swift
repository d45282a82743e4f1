import KafkaClient
import Networking
import Scenario

/// The measured side of a repeat of consuming.
struct ConsumeMeasurement {
    let order: MeasurementOrder
    let spec: ConsumeSpec
    let control: MeasurementControl
    let loop: EventLoop

    func run() async throws -> ConsumeOutcome {
        let metrics = ClientMetrics()
        let configuration = try ConsumerConfiguration(properties: spec.properties)
        let reader = PreloadReader(
            topic: order.topic.name, ranges: order.topic.ranges, isDense: order.topic.isOwn, measure: order.measure,
            metrics: metrics, brokerPid: order.brokerPid, loop: loop, onProgress: control.onProgress)
        let clientConfiguration = try order.client(spec.clientProperties)
        return try await Client.use(
            clientConfiguration, metrics, on: loop, loss: control.loss,
            telling: { [loop] error in loop.execute(on: reader) { $0.fail(error) } }
        ) { client in
            try await reader.run(client: client, configuration: configuration, interruption: control.interruption)
        }
    }
}
