import BenchmarkPlan

/// The command lines of peers and floors.
struct PeerRequests {
    let settings: Settings
    let timing: Timing
    let payloads: PayloadFiles

    /// What a cell asks of a contestant.
    func command(
        _ program: PeerProgram, _ slot: RoundOrder.Slot, bootstrapServers: String, topic: String
    ) throws(BenchmarkError) -> PeerCommand {
        let cell = slot.cell
        let place = [("bootstrap-servers", bootstrapServers), ("topic", topic)]
        let payload = payloads.path(cell.workload.valueSize, cell.workload.codec)
        let options = place + settings.peerOptions(cell, payload: payload)
        let count = ("count", "\(timing.count(slot.contestant, in: cell))")
        switch cell.workload {
        case .produce:
            let verb = slot.contestant == .acknowledgedFloor ? "acknowledged" : "produce"
            return peer(program, verb, options + window)
        case .fetch(let size, _):
            // The floor's own source must know what it has to give out.
            let batches = slot.contestant == .floor ? [("records", "\(timing.preloadBytes / size)")] + batchSize : []
            return peer(program, "fetch", options + window + batches)
        case .start(let mode): return peer(program, "start", options + [("mode", mode.rawValue), count])
        case .newProducer: return peer(program, "reuse", options + [("mode", "new"), count])
        case .keptProducer: return peer(program, "reuse", options + [("mode", "kept"), count])
        case .pacing(let perSecond):
            return peer(program, "pacing", [("rate", "\(perSecond)"), ("window-ms", "\(timing.pacingMs)")])
        case .serving where slot.contestant == .weir:
            return peer(program, "drain", place + partitions + settings.fetchOptions + window)
        case .serving:
            let values = [
                ("value-size", "1024"), ("payload", payloads.path(1024, .none)),
                ("records", "\(timing.preloadBytes / 1024)"),
            ]
            return peer(program, "sendfile", values + partitions + batchSize + settings.fetchOptions + window)
        case .memory, .recordLatency, .codec, .brokerCost:
            throw BenchmarkError("\(slot.contestant.title) does not measure \(cell.workload.title)")
        }
    }

    /// The direct calls of a codec on one batch.
    func codec(_ program: PeerProgram, _ codec: Codec, windowMs: Int) -> PeerCommand {
        peer(
            program, "codec",
            [
                ("compression", codec.rawValue), ("value-size", "100"), ("payload", payloads.path(100, codec)),
                ("window-ms", "\(windowMs)"),
            ] + batchSize)
    }

    private var partitions: [(name: String, value: String)] { [("partitions", "\(settings.partitions)")] }

    private var batchSize: [(name: String, value: String)] { [("batch-size", "\(settings.batchSize)")] }

    private var window: [(name: String, value: String)] {
        [("warmup-ms", "\(timing.warmupMs)"), ("window-ms", "\(timing.windowMs)")]
    }

    private func peer(_ program: PeerProgram, _ verb: String, _ options: [(name: String, value: String)]) -> PeerCommand
    {
        PeerCommand(program, verb, options, timeoutSeconds: 120)
    }
}

extension Workload {
    /// The size of the values that it moves.
    var valueSize: Int {
        switch self {
        case .produce(let size, _), .fetch(let size, _), .brokerCost(_, let size): size
        case .serving: 1024
        default: 100
        }
    }

    /// What it writes or reads them with.
    var codec: Codec {
        switch self {
        case .produce(_, let codec), .fetch(_, let codec), .codec(let codec): codec
        default: .none
        }
    }
}
