import BenchmarkPlan
import Foundation
import Measurement
import Results
import Statistics

/// Weir as a contestant: `weir run` of a scenario, as a user runs it, and the figures from the
/// result it writes.
struct WeirRun {
    let tools: Tools
    let folder: String

    /// What a cell asks of `weir run`.
    struct Request {
        var scenario: String
        var only: String?
        var overrides: [String]
        /// The bound of its memory, where the cell measures memory.
        var memory: Memory?
        /// The codec that the topic it reads must be stored with.
        var storedCodec = Codec.none

        /// How memory is looked at.
        struct Memory {
            /// The bytes of the buffers that the scenario configures.
            var bufferBytes: Int
            /// How long it is read, from the start on: warm-up and window.
            var watchMs: Int
        }

        /// What the result does not check itself: that the topic is stored with the codec that was
        /// asked for.
        func flaw(_ run: Repeat) -> String? {
            guard storedCodec != .none, run.counts.consumed > 0 else { return nil }
            let share = Double(run.traffic.bytesReceived) / Double(max(1, run.counts.consumedBytes))
            return share < 0.9
                ? nil : "the topic is not stored with \(storedCodec.rawValue): \(share) bytes came for each"
        }
    }

    /// Runs it and enters what the result says; a result that can't be trusted is a failure.
    func measure(_ request: Request, bootstrapServers: String, seed: UInt64, into sample: inout Sample)
        throws(BenchmarkError)
    {
        let path = "\(folder)/weir-\(UUID().uuidString).json"
        defer { unlink(path) }
        let words = words(request, bootstrapServers: bootstrapServers, seed: seed, out: path)
        var memory = MemorySeries()
        let watchedUntilMs = Clock.nowMs() + (request.memory?.watchMs ?? 0)
        let outcome = try Child(words: words, timeoutSeconds: 180).run { processId in
            guard Clock.nowMs() < watchedUntilMs, let usage = OtherProcessUsage(pid: processId) else { return }
            memory.add(usage.residentBytes)
        }
        let result: RunResult
        do throws(ResultFileError) { result = try RunResult(path: path) } catch {
            throw BenchmarkError(outcome.failure ?? "\(error)")
        }
        sample.version = "\(result.weir.version) (\(result.weir.commit))"
        guard let cell = result.experiments.first?.cells.first, let run = cell.repeats.first else {
            throw BenchmarkError(outcome.failure ?? "the result holds no repeat")
        }
        guard run.isValid else {
            throw BenchmarkError(
                "invalid: " + run.invalidReasons.map { "\($0.code.rawValue): \($0.detail)" }.joined(separator: "; "))
        }
        sample.enter(run)
        if let scenarioFlaw = request.flaw(run) { throw BenchmarkError(scenarioFlaw) }
        if let looked = request.memory { sample.enter(memory, bufferBytes: looked.bufferBytes) }
    }
}

extension WeirRun {
    /// The command line of a request.
    func words(_ request: Request, bootstrapServers: String, seed: UInt64, out: String) -> [String] {
        [
            tools.weir, "run", tools.scenario(request.scenario), "--bootstrap-servers", bootstrapServers, "--format",
            "json", "--out", out, "--seed", "\(seed)",
        ] + (request.only.map { ["--only", $0] } ?? []) + request.overrides.flatMap { ["--set", $0] }
    }
}

extension Sample {
    /// Loads whose latencies are looked at have a few dozen of them; others would only fill the
    /// file.
    private static let samplesPerSlotMax = 1_000

    /// Takes over what a repeat of Weir's measured.
    fileprivate mutating func enter(_ run: Repeat) {
        wallNs = Int(run.windowNs)
        cpuNs = Int(run.resources.clientCPUNs)
        if run.counts.consumed > 0 {
            records = Int(run.counts.consumed)
            payloadBytes = Int(run.counts.consumedBytes)
        } else {
            records = Int(run.counts.acknowledged)
            payloadBytes = Int(run.counts.acknowledgedBytes)
        }
        if let latency = run.latency(.firstRecord) ?? run.latency(.acknowledgement),
            let histogram = try? latency.decoded()
        {
            samplesNs = histogram.recordedValues.flatMap { slot in
                repeatElement(Int(slot.value), count: min(Int(slot.count), Self.samplesPerSlotMax))
            }
        }
        if let slip = run.latency(.slip) {
            figures["p50Ns"] = Double(slip.p50Ns)
            figures["p99Ns"] = Double(slip.p99Ns)
            figures["maxNs"] = Double(slip.maxNs)
            samplesNs = nil
        }
        if let peak = run.resources.peakMemoryBytes { figures["peakMemoryBytes"] = Double(peak) }
        figures["receivedBytes"] = Double(run.traffic.bytesReceived)
    }

    /// What a minute's memory says: its peak above what the buffers may take, and whether it grows.
    fileprivate mutating func enter(_ series: MemorySeries, bufferBytes: Int) {
        if let peak = figures["peakMemoryBytes"] {
            figures["peakAboveBuffersBytes"] = max(1, peak - Double(bufferBytes))
        }
        if let growth = series.growth { figures["memoryGrowth"] = growth }
        figures["receivedBytes"] = nil
        cpuNs = nil
    }
}
