import BenchmarkPlan

/// The command lines of peers and floors.
struct PeerRequests {
    let settings: Settings
    let timing: Timing
    let payloads: PayloadFiles

    /// What a cell asks of a contestant, whose batches are filled to `batchSize` bytes in fixed
    /// rows.
    func command(
        _ program: PeerProgram, _ slot: RoundOrder.Slot, bootstrapServers: String, topic: String, batchSize filled: Int
    ) throws(BenchmarkError) -> PeerCommand {
        let cell = slot.cell
        let place = [("bootstrap-servers", bootstrapServers), ("topic", topic)]
        let payload = payloads.path(cell.workload.valueSize, cell.workload.codec)
        let options = place + settings.peerOptions(cell, payload: payload, batchSize: filled)
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
            return pacing(program, perSecond: perSecond, windowMs: timing.pacingMs)
        case .copying(let size): return part(program, "memcpy", valueSize: size)
        case .checksum(let size): return part(program, "crc", valueSize: size)
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

    /// The direct calls of a codec on batches.
    func codec(_ program: PeerProgram, _ codec: Codec, valueSize: Int, windowMs: Int) -> PeerCommand {
        peer(
            program, "codec",
            [
                ("compression", codec.rawValue), ("value-size", "\(valueSize)"),
                ("payload", payloads.path(valueSize, codec)), ("window-ms", "\(windowMs)"),
            ] + batchSize)
    }

    /// A bare timer.
    func pacing(_ program: PeerProgram, perSecond: Int, windowMs: Int) -> PeerCommand {
        let times = [("warmup-ms", "\(timing.pacingWarmupMs)"), ("window-ms", "\(windowMs)")]
        return peer(program, "pacing", [("rate", "\(perSecond)")] + times)
    }

    /// A part of the floor, as briefly as a codec.
    private func part(_ program: PeerProgram, _ verb: String, valueSize: Int) -> PeerCommand {
        let values = [("value-size", "\(valueSize)"), ("payload", payloads.path(valueSize, .none))]
        return peer(program, verb, values + batchSize + [("window-ms", "\(timing.codecMs)")])
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
        case .produce(let size, _), .fetch(let size, _), .brokerCost(_, let size), .copying(let size),
            .checksum(let size):
            size
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
