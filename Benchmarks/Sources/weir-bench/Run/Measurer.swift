import BenchmarkPlan
import Foundation
import Measurement

/// Makes one sample: finds the broker, runs the contestant, and reads what it and the broker used.
struct Measurer {
    let tools: Tools
    let brokers: BrokerPool
    let settings: Settings
    let timing: Timing
    let payloads: PayloadFiles
    let fills: BatchFill
    let folder: String
    let seed: UInt64

    /// The sample of one contestant in one round; what goes wrong within it makes it discarded,
    /// with the reason.
    func measure(_ slot: RoundOrder.Slot, round: Int) throws(BenchmarkError) -> Sample {
        var sample = Sample(cell: slot.cell.id, contestant: slot.contestant, round: round)
        if slot.contestant.writesLog {
            WarmMemory.touch(slot.filledByteCount(limit: settings.sampleByteLimit, timing))
        }
        let writtenBefore = Machine.writtenBytes(), begin = Clock.nowNs()
        do throws(BenchmarkError) {
            try measure(slot, into: &sample)
        } catch {
            sample.failure = error.description
        }
        if Interrupts.isRequested { throw BenchmarkError("interrupted") }
        sample.tookNs = Clock.nowNs() - begin
        if let before = writtenBefore, let now = Machine.writtenBytes() { sample.writtenBackBytes = now - before }
        return sample
    }

    private func measure(_ slot: RoundOrder.Slot, into sample: inout Sample) throws(BenchmarkError) {
        switch slot.cell.workload {
        case .recordLatency: sample.figures = InProcess.recordLatency()
        case .codec(let codec): try measureCodec(codec, slot, into: &sample)
        case .copying, .checksum:
            let floor = try tools.command(.floor, broker: .embedded).get()
            sample.enter(
                try requests.command(floor, slot, bootstrapServers: "", topic: "", batchSize: settings.batchSize)
                    .report())
        case .brokerCost(let direction, let size): try measureBroker(direction, size, slot, into: &sample)
        default:
            let broker = try brokers.broker(slot.cell.broker, delayMs: slot.cell.delayMs)
            let topic = try topic(slot, broker)
            let leavesTopic = slot.cell.workload.writes && slot.contestant.writesTopic
            try deleting(leavesTopic ? topic : nil, on: broker) { () throws(BenchmarkError) in
                let cpuBefore = OtherProcessUsage(pid: broker.processId)?.cpuNs
                try run(slot, broker, topic: topic, into: &sample)
                if let before = cpuBefore, let now = OtherProcessUsage(pid: broker.processId)?.cpuNs {
                    sample.brokerCPUNs = Int(now - before)
                }
            }
        }
    }

    /// Deletes a topic after `body`, also when the sample failed: what it wrote would disturb later
    /// samples.
    private func deleting(
        _ topic: String?, on broker: RunningBroker, after body: () throws(BenchmarkError) -> Void
    ) throws(BenchmarkError) {
        do throws(BenchmarkError) { try body() } catch {
            if let topic { try? admin().deleteTopic(topic, on: broker) }
            throw error
        }
        if let topic { try admin().deleteTopic(topic, on: broker) }
    }

    private func run(
        _ slot: RoundOrder.Slot, _ broker: RunningBroker, topic: String, into sample: inout Sample
    ) throws(BenchmarkError) {
        let company = try pacingCompany(slot, broker)
        defer { company?.stop() }
        switch slot.contestant {
        case .weir where slot.cell.workload == .serving:
            // What is measured is the broker: the same reader as the floor's takes what it gives
            // out.
            try run(.floor, for: slot, broker, topic: topic, into: &sample)
            sample.version = nil
        case .weir:
            let request = WeirRequests(settings: settings, timing: timing).request(slot.cell, topic: topic)
            try WeirRun(tools: tools, folder: folder)
                .measure(request, bootstrapServers: broker.bootstrapServers, seed: seed, into: &sample)
        case .javaTools: sample.enter(try runJavaTools(slot.cell, broker, topic: topic))
        default:
            try run(slot.contestant, for: slot, broker, topic: topic, into: &sample)
        }
    }

    /// Runs a contestant's program for what the slot asks.
    private func run(
        _ contestant: Contestant, for slot: RoundOrder.Slot, _ broker: RunningBroker, topic: String,
        into sample: inout Sample
    ) throws(BenchmarkError) {
        let program = try tools.command(contestant, broker: slot.cell.broker).get()
        let workload = slot.cell.workload
        let batchSize = try fills.batchSize(contestant, valueSize: workload.valueSize, workload.codec)
        sample.enter(
            try requests.command(
                program, slot, bootstrapServers: broker.bootstrapServers, topic: topic, batchSize: batchSize
            ).report())
    }

    /// The other of the two that are paced, beside the one that is measured: both see the same load
    /// of broker and machine.
    private func pacingCompany(_ slot: RoundOrder.Slot, _ broker: RunningBroker) throws(BenchmarkError) -> Background? {
        guard case .pacing(let perSecond) = slot.cell.workload else { return nil }
        let company = try Background(try pacingWords(slot, broker, perSecond, forMs: timing.pacingMs + 60_000))
        company.letItBegin()
        return company
    }

    private func pacingWords(
        _ slot: RoundOrder.Slot, _ broker: RunningBroker, _ perSecond: Int, forMs: Int
    ) throws(BenchmarkError) -> [String] {
        if slot.contestant == .weir {
            let floor = try tools.command(.floor, broker: .embedded).get()
            return requests.pacing(floor, perSecond: perSecond, windowMs: forMs).words
        }
        var request = WeirRequests(settings: settings, timing: timing).request(slot.cell, topic: "")
        request.overrides.append("measure/for=\(forMs) ms")
        return WeirRun(tools: tools, folder: folder)
            .words(
                request, bootstrapServers: broker.bootstrapServers, seed: seed,
                out: "\(folder)/load-\(UUID().uuidString).json")
    }

    private var requests: PeerRequests { PeerRequests(settings: settings, timing: timing, payloads: payloads) }

    private func runJavaTools(_ cell: Cell, _ broker: RunningBroker, topic: String) throws(BenchmarkError) -> PeerReport
    {
        let home = try tools.kafkaHome(cell.broker).get()
        let java = JavaTools(home: home, bootstrapServers: broker.bootstrapServers, settings: settings)
        switch cell.workload {
        case .produce(let size, let codec):
            return try java.produce(
                topic: topic, valueSize: size, codec: codec, payload: payloads.textPath(size),
                isFixed: cell.settings == .fixed)
        case .fetch(let size, _):
            return try java.fetch(
                topic: topic, valueSize: size, available: timing.preloadBytes / size, isFixed: cell.settings == .fixed,
                folder: folder)
        default: throw BenchmarkError("the perf tools do not measure \(cell.workload.title)")
        }
    }

    /// The topic that a contestant writes, or the one that all of them read.
    private func topic(_ slot: RoundOrder.Slot, _ broker: RunningBroker) throws(BenchmarkError) -> String {
        switch slot.cell.workload {
        case .fetch(let size, let codec):
            try admin().preloaded(size, codec, records: timing.preloadBytes / size, on: broker)
        case .serving: try admin().preloaded(1024, .none, records: timing.preloadBytes / 1024, on: broker)
        case .memory(.fetch): try admin().preloaded(100, .none, records: timing.preloadBytes / 100, on: broker)
        case .start: try admin().preloaded(100, .none, records: settings.startRecords, on: broker)
        // A topic that exists already, so that no sample pays for making it.
        case .newProducer, .keptProducer: try admin().preloaded(100, .none, records: settings.partitions, on: broker)
        default: "bench-\(UUID().uuidString)"
        }
    }

    private func measureCodec(
        _ codec: Codec, _ slot: RoundOrder.Slot, into sample: inout Sample
    ) throws(BenchmarkError) {
        let floor = try tools.command(.floor, broker: .embedded).get()
        if slot.contestant == .floor {
            sample.enter(try requests.codec(floor, codec, valueSize: 100, windowMs: timing.codecMs).report())
            return
        }
        sample.figures = try InProcess.codec(
            codec.rawValue, values: payloads.values(100, codec), valueSize: 100,
            recordCount: fills.content(valueSize: 100, codec).recordCount, windowMs: timing.codecMs)
    }

    /// The same load on either broker: a fixed number of records by librdkafka, or a window of
    /// reading by Weir.
    private func measureBroker(
        _ direction: Direction, _ size: Int, _ slot: RoundOrder.Slot, into sample: inout Sample
    ) throws(BenchmarkError) {
        let broker = try brokers.broker(slot.contestant == .embeddedBroker ? .embedded : slot.cell.broker)
        let admin = try admin()
        let isFetch = direction == .fetch
        let topic =
            isFetch
            ? try admin.preloaded(size, .none, records: timing.preloadBytes / size, on: broker)
            : "bench-\(UUID().uuidString)"
        try deleting(isFetch ? nil : topic, on: broker) { () throws(BenchmarkError) in
            let before = try cpuNs(of: broker)
            if isFetch {
                let request = WeirRequests(settings: settings, timing: timing).brokerFetch(topic: topic)
                try WeirRun(tools: tools, folder: folder)
                    .measure(request, bootstrapServers: broker.bootstrapServers, seed: seed, into: &sample)
            } else {
                sample.enter(try admin.fill(topic, size, .none, records: timing.brokerBytes / size, on: broker))
            }
            sample.brokerCPUNs = Int(try cpuNs(of: broker) - before)
        }
        sample.version = broker.choice == .embedded ? nil : broker.choice.id
    }

    private func cpuNs(of broker: RunningBroker) throws(BenchmarkError) -> UInt64 {
        guard let usage = OtherProcessUsage(pid: broker.processId) else { throw BenchmarkError("the broker is gone") }
        return usage.cpuNs
    }

    private func admin() throws(BenchmarkError) -> TopicAdmin {
        let program = [Contestant.librdkafkaDebian, .librdkafkaWheel].lazy
            .compactMap { try? tools.command($0, broker: .embedded).get() }.first
        guard let program else {
            throw BenchmarkError(
                "topics are filled and deleted by librdkafka, which is not installed: apt-get install librdkafka1")
        }
        return TopicAdmin(program: program, settings: settings, payloads: payloads, fills: fills)
    }
}

extension RoundOrder.Slot {
    /// The bytes that a sample may put into the page cache, where it may write values of `limit`
    /// bytes.
    fileprivate func filledByteCount(limit: Int, _ timing: Timing) -> Int {
        let spanMs = timing.warmupMs + timing.windowMs
        // The most that they were ever seen to store in a millisecond.
        switch cell.workload {
        case .produce(_, .none): return (contestant == .weir ? 2_600_000 : 1_800_000) * spanMs
        case .produce(_, .lz4): return 750_000 * spanMs
        case .produce(_, .zstd): return 250_000 * spanMs
        case .memory(.produce): return limit
        case .brokerCost(.produce, _): return min(limit, timing.brokerBytes * 3 / 2)
        default: return 0
        }
    }
}

extension Contestant {
    /// Whether anything is stored for it, as for all but a floor, which has no broker.
    fileprivate var writesLog: Bool { !Contestant.floors.contains(self) }
    /// Whether it leaves the topic that it was told to write; Weir makes and deletes its own.
    fileprivate var writesTopic: Bool { self != .weir && writesLog }
}
