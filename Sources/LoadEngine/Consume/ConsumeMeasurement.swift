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
        let client = Client(configuration: try order.client(spec.clientProperties), loop: loop, metrics: metrics)
        do {
            let outcome = try await reader.run(
                client: client, configuration: configuration, interruption: control.interruption, loss: control.loss)
            await client.close()
            return outcome
        } catch {
            await client.close()
            throw error
        }
    }
}
