import KafkaClient
import KafkaCompression
import Networking
import Scenario

/// The measured side of a repeat of producing.
struct ProduceMeasurement {
    let order: MeasurementOrder
    let spec: ProduceSpec
    let control: MeasurementControl
    let loop: EventLoop

    func run() async throws -> ProduceOutcome {
        let plan = try ProducePlan(order, spec, control)
        let metrics = ClientMetrics()
        if case .client = spec.recreate {
            return try await recreating(plan, metrics).run(client: nil, interruption: control.interruption)
        }
        return try await Client.use(plan.clientConfiguration, metrics, on: loop, loss: control.loss) { client in
            try await client.connect(topics: [plan.topic])
            if case .producer = spec.recreate {
                return try await recreating(plan, metrics).run(client: client, interruption: control.interruption)
            }
            return try await KeptProducerLoad(plan: plan, metrics: metrics, loop: loop)
                .run(client: client, interruption: control.interruption)
        }
    }

    private func recreating(_ plan: ProducePlan, _ metrics: ClientMetrics) throws -> RecreatingLoad {
        RecreatingLoad(plan: plan, senderCount: try order.senderCount(spec), metrics: metrics, loop: loop)
    }
}

extension ProducePlan {
    /// The plan of what an order has produced.
    init(_ order: MeasurementOrder, _ spec: ProduceSpec, _ control: MeasurementControl) throws {
        let configuration = try ProducerConfiguration(properties: spec.properties)
        self.init(
            topic: order.topic.name, partitionCount: order.topic.partitionCount,
            values: RecordValues(
                byteCount: spec.value.byteCount, random: spec.value.randomShare, seed: order.seed,
                isCompressed: configuration.compression != .none),
            load: spec.load, recreate: spec.recreate, producerCount: spec.producers, configuration: configuration,
            clientConfiguration: try order.client(spec.clientProperties), measure: order.measure,
            brokerPid: order.brokerPid, limit: order.limit, loss: control.loss,
            onProgress: control.onProgress)
    }
}
