import BenchmarkPlan

/// Fills and deletes topics by librdkafka's program, outside what is measured.
struct TopicAdmin {
    let program: PeerProgram
    let settings: Settings
    let payloads: PayloadFiles
    let fills: BatchFill

    /// The topic with so many records of a size and codec, filled when it is first asked for.
    func preloaded(
        _ valueSize: Int, _ codec: Codec, records: Int, on broker: RunningBroker
    ) throws(BenchmarkError) -> String {
        let name = "preload-\(valueSize)-\(codec.rawValue)-\(records)"
        if broker.preloaded.contains(name) { return name }
        let report = try fill(name, valueSize, codec, records: records, on: broker)
        if let flaw = report.flaw { throw BenchmarkError("filling \(name): \(flaw)") }
        broker.preloaded.insert(name)
        return name
    }

    /// Writes so many records to a topic.
    func fill(
        _ topic: String, _ valueSize: Int, _ codec: Codec, records: Int, on broker: RunningBroker
    ) throws(BenchmarkError) -> PeerReport {
        let batchSize = try fills.batchSize(.librdkafkaDebian, valueSize: valueSize, codec)
        let options =
            [("bootstrap-servers", broker.bootstrapServers), ("topic", topic), ("records", "\(records)")]
            + settings.preloadOptions(
                valueSize: valueSize, codec: codec, payload: payloads.path(valueSize, codec), batchSize: batchSize)
        return try PeerCommand(program, "preload", options, timeoutSeconds: 180).report()
    }

    func deleteTopic(_ topic: String, on broker: RunningBroker) throws(BenchmarkError) {
        let options = [(name: "bootstrap-servers", value: broker.bootstrapServers), (name: "topic", value: topic)]
        try PeerCommand(program, "delete-topic", options, timeoutSeconds: 60).run()
    }
}
