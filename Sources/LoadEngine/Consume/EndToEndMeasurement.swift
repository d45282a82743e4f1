import KafkaClient
import Networking
import Scenario

/// The measured side of a repeat of producing and consuming at once.
struct EndToEndMeasurement {
    let order: MeasurementOrder
    let produce: ProduceSpec
    let consume: ConsumeSpec
    let control: MeasurementControl
    let loop: EventLoop

    func run() async throws -> Measured {
        let metrics = ClientMetrics()
        let reading = try ConsumerConfiguration(properties: consume.properties)
        var plan = try ProducePlan(order, produce, control)
        // Each with a client of its own, because their options may differ.
        let producerClient = Client(configuration: plan.clientConfiguration, loop: loop, metrics: metrics)
        let consumerClient = Client(
            configuration: try order.client(consume.clientProperties), loop: loop, metrics: metrics)
        let watches = [producerClient, consumerClient].map { $0.closing(on: control.loss) }
        defer { watches.forEach(control.loss.unwatch) }
        let reader = ArrivalReader(topic: order.topic.name, starts: order.topic.ranges.map(\.end), loop: loop)
        plan.onHandOver = { reader.noteHandOver(partition: $0, count: $1, firstNs: $2, stepNs: $3) }
        plan.onWindow = { reader.setWindow($0) }
        let produced: ProduceOutcome
        let arrived: ConsumeOutcome
        do {
            try await reader.start(client: consumerClient, configuration: reading)
            try await producerClient.connect(topics: [order.topic.name])
            produced = try await KeptProducerLoad(plan: plan, metrics: metrics, loop: loop)
                .run(client: producerClient, interruption: control.interruption)
            // Records behind somebody's open transaction do not come, and the counts show it.
            arrived = await reader.finish(ends: try await control.logEnds(), loss: control.loss)
        } catch {
            await reader.stop()
            await producerClient.close()
            await consumerClient.close()
            throw error
        }
        await producerClient.close()
        await consumerClient.close()
        return .endToEnd(produced, arrived)
    }
}
