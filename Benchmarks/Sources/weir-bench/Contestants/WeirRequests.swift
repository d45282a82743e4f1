import BenchmarkPlan

/// What cells ask of `weir run`: a scenario and what is set in it.
struct WeirRequests {
    let settings: Settings
    let timing: Timing

    func request(_ cell: Cell, topic: String) -> WeirRun.Request {
        let count = timing.count(.weir, in: cell)
        switch cell.workload {
        case .produce(let size, let codec): return produce(cell, size, codec)
        case .fetch(_, let codec): return fetch(cell, codec, topic: topic)
        case .start(let mode):
            return .init(
                scenario: "start", only: mode.rawValue,
                overrides: ["measure/starts=\(count)", partitions, "preload/records=\(settings.startRecords) records"])
        case .newProducer(let isIdempotent):
            return .init(
                scenario: "reuse", only: "new",
                overrides: [
                    partitions, "/measure/records=\(count) records",
                    "/experiments/new/produce/producer/enable.idempotence=\(isIdempotent)",
                ])
        case .keptProducer:
            return .init(
                scenario: "reuse", only: "kept", overrides: [partitions, "/measure/records=\(count) records"])
        case .pacing(let perSecond):
            return .init(
                scenario: "pacing",
                overrides: [
                    partitions, "measure/warmup=\(timing.pacingWarmupMs) ms", "measure/for=\(timing.pacingMs) ms",
                    "rate=\(perSecond)/s",
                ])
        case .memory(.produce):
            // buffer.memory by default.
            return .init(
                scenario: "memory-produce", overrides: [partitions, "measure/for=\(timing.memoryMs) ms"],
                memory: .init(bufferBytes: 33_554_432, watchMs: 2_000 + timing.memoryMs))
        case .memory(.fetch):
            return .init(
                scenario: "memory-fetch",
                overrides: ["topic/existing=\(topic)", "measure/for=\(timing.memoryMs) ms"],
                memory: .init(
                    bufferBytes: settings.partitions * settings.partitionFetchMaxBytes,
                    watchMs: 2_000 + timing.memoryMs))
        case .recordLatency, .codec, .copying, .checksum, .brokerCost, .serving:
            preconditionFailure("\(cell.id) is not measured by weir run")
        }
    }

    /// A window without warm-up, so that the broker's processor time is of what the window counts.
    func brokerFetch(topic: String) -> WeirRun.Request {
        var request = fetch(Cell(.brokerCost(.fetch, valueSize: 1024)), .none, topic: topic)
        request.overrides += ["measure/warmup=0 s", "measure/for=\(timing.windowMs * 2) ms"]
        return request
    }

    private var partitions: String { "topic/partitions=\(settings.partitions)" }
    private var window: [String] { ["measure/warmup=\(timing.warmupMs) ms", "measure/for=\(timing.windowMs) ms"] }

    private func produce(_ cell: Cell, _ size: Int, _ codec: Codec) -> WeirRun.Request {
        let name = cell.settings == .fixed ? "produce" : "produce-defaults"
        var overrides =
            window + [
                partitions, "value/size=\(size) B", "value/random=\(Int(settings.randomShare * 100)) %",
                "producer/compression.type=\(codec.rawValue)", "producer/acks=\(settings.acks)",
            ]
        if cell.settings == .fixed {
            overrides += [
                "producer/batch.size=\(settings.batchSize)", "producer/linger.ms=\(settings.lingerMs)",
                "producer/max.in.flight.requests.per.connection=\(settings.inFlight)",
            ]
        }
        return .init(scenario: name, overrides: overrides)
    }

    private func fetch(_ cell: Cell, _ codec: Codec, topic: String) -> WeirRun.Request {
        var overrides = window + ["topic/existing=\(topic)"]
        if cell.settings == .fixed {
            overrides += [
                "consumer/fetch.max.bytes=\(settings.fetchMaxBytes)",
                "consumer/max.partition.fetch.bytes=\(settings.partitionFetchMaxBytes)",
                "consumer/fetch.min.bytes=\(settings.fetchMinBytes)",
                "consumer/fetch.max.wait.ms=\(settings.fetchMaxWaitMs)",
            ]
        }
        return .init(
            scenario: cell.settings == .fixed ? "fetch" : "fetch-defaults", overrides: overrides, storedCodec: codec)
    }
}
