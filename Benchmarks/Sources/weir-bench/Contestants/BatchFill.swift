import BenchmarkPlan

/// How many bytes before compression make a batch of `batch.size` after it, as the floor finds out.
final class BatchFill {
    /// What one batch holds.
    struct Content {
        /// The bytes of a batch that nothing has compressed.
        var byteCount: Int
        var recordCount: Int
    }

    private let tools: Tools
    private let requests: PeerRequests
    private let settings: Settings
    private var known: [Workload: Content] = [:]
    private static let headerByteCount = 61

    init(tools: Tools, settings: Settings, requests: PeerRequests) {
        self.tools = tools
        self.settings = settings
        self.requests = requests
    }

    /// The `batch.size` with which a contestant's batches are as large as all the others', whose
    /// clients estimate what records shrink to.
    func batchSize(_ contestant: Contestant, valueSize: Int, _ codec: Codec) throws(BenchmarkError) -> Int {
        guard contestant.fillsBatchesBeforeCompression, codec != .none else { return settings.batchSize }
        return try content(valueSize: valueSize, codec).byteCount
    }

    /// What a batch holds; asked for once.
    func content(valueSize: Int, _ codec: Codec) throws(BenchmarkError) -> Content {
        let key = Workload.produce(valueSize: valueSize, codec: codec)
        if let content = known[key] { return content }
        let floor = try tools.command(.floor, broker: .embedded).get()
        let report = try requests.codec(floor, codec, valueSize: valueSize, windowMs: 1).report()
        guard let records = report.figures["batchRecords"], records >= 1, let bytes = report.figures["batchBytes"]
        else { throw BenchmarkError("the floor does not say what its batch holds") }
        let content = Content(byteCount: Int(bytes) + Self.headerByteCount, recordCount: Int(records))
        known[key] = content
        return content
    }
}
