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
        let reader = ArrivalReader(topic: order.topic.name, starts: order.topic.ranges.map(\.end), loop: loop)
        plan.onHandOver = { reader.noteHandOver(partition: $0, count: $1, firstNs: $2, stepNs: $3) }
        plan.onWindow = { reader.setWindow($0) }
        let load = KeptProducerLoad(plan: plan, metrics: metrics, loop: loop)
        let (producing, consuming) = (plan.clientConfiguration, try order.client(consume.clientProperties))
        // Each with a client of its own, because their options may differ.
        return try await Client.use(consuming, metrics, on: loop, loss: control.loss) { consumerClient in
            try await Client.use(producing, metrics, on: loop, loss: control.loss) { producerClient in
                do {
                    try await reader.start(client: consumerClient, configuration: reading)
                    try await producerClient.connect(topics: [order.topic.name])
                    let produced = try await load.run(client: producerClient, interruption: control.interruption)
                    // Records behind somebody's open transaction do not come: the counts show it.
                    let arrived = await reader.finish(ends: try await control.logEnds(), loss: control.loss)
                    return Measured.endToEnd(produced, arrived)
                } catch {
                    await reader.stop()
                    throw error
                }
            }
        }
    }
}
