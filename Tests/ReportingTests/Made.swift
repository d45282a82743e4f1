import Foundation
import Measurement
import Results

/// Results made by hand, so that their tables can be computed by hand.
enum Made {
    static func result(_ experiments: [ExperimentResult], interrupted: Bool = false) -> RunResult {
        RunResult(
            scenario: ScenarioRecord(
                name: "made", about: "By hand.", path: "made.yaml", written: "", resolved: "",
                overrides: ["reuse/acks=1"], warnings: ["made.yaml:3:1: doubtful"]),
            labels: ["build": "42"], seed: 7, weir: BuildRecord(version: "0.1.0", commit: "abc1234"),
            host: HostDescription(
                name: "host", operatingSystem: "Debian", kernel: "Linux 6.1", architecture: "x86_64",
                cpuModel: "a cpu", coreCount: 2, memoryBytes: 16 << 30),
            brokers: [
                BrokerRecord(name: "embedded", kind: .embedded, software: "weir 0.1.0", address: "127.0.0.1:4242")
            ],
            startedAt: UTCTime(secondsSince1970: 1_800_000_000), endedAt: UTCTime(secondsSince1970: 1_800_000_090),
            interrupted: interrupted, experiments: experiments)
    }

    static func cell(_ axes: [(String, String)], _ load: Load?, _ repeats: [Repeat]) -> CellResult {
        CellResult(
            axes: axes.map { AxisSetting(name: $0.0, value: $0.1) }, broker: "embedded", load: load, repeats: repeats)
    }

    /// `count` values, evenly from `fromNs` up to twice that.
    static func histogram(fromNs: UInt64, count: UInt64) -> HdrHistogram {
        var histogram = HdrHistogram.latencies()
        for place in 0..<count { histogram.recordValue(fromNs + fromNs * place / max(count, 1)) }
        return histogram
    }

    /// A produce repeat of two seconds at a rate, with latencies from `latencyNs` up to twice that.
    static func produceRepeat(
        round: Int, rate: Int64, latencyNs: UInt64, samples: UInt64 = 20_000, connections: Int64 = 0,
        steps: [(String, UInt64)] = [("produce", 290_000)], per: String = "record",
        kind: LatencyRecord.Kind = .acknowledgement
    ) throws -> Repeat {
        let records = rate * 2
        return Repeat(
            round: round, startedAt: UTCTime(secondsSince1970: 1_800_000_001), windowNs: 2_000_000_000,
            counts: WindowCounts(attempted: records, acknowledged: records, acknowledgedBytes: records * 100),
            reconciliation: Reconciliation(codecExpected: "none", codecsStored: ["none": 5]),
            resources: ResourceUsage(
                clientCPUNs: UInt64(records) * 1500, brokerCPUNs: UInt64(records) * 700, stealNs: 0,
                peakMemoryBytes: 64 << 20),
            traffic: Traffic(bytesSent: records * 180, bytesReceived: records * 40, connectionsOpened: connections),
            breakdown: Breakdown(
                per: per, count: records,
                steps: steps.map {
                    .init(name: $0.0, count: $0.1 == 0 ? 0 : records, totalNs: $0.1 * UInt64(records))
                }),
            latencies: [try LatencyRecord(kind, histogram(fromNs: latencyNs, count: samples))])
    }

    static let clientSteps: [(String, UInt64)] = [
        ("connect", 110_000), ("ApiVersions", 180_000), ("Metadata", 160_000), ("InitProducerId", 220_000),
        ("produce", 310_000), ("flush and close", 45_500),
    ]

    /// The quick start's first experiment: three ways to keep or throw away, in three rounds.
    static func reuse(rounds: Int = 3) throws -> ExperimentResult {
        let loads = Load.closed(concurrency: 16)
        let kept = try (1...rounds).map {
            try produceRepeat(
                round: $0, rate: 50_000 + Int64($0) * 500, latencyNs: 290_000,
                steps: clientSteps.map { ($0.0, $0.0 == "produce" ? 290_000 : 0) })
        }
        let producers = try (1...rounds).map {
            try produceRepeat(
                round: $0, rate: 12_000 + Int64($0) * 300, latencyNs: 900_000,
                steps: [("InitProducerId", 220_000), ("produce", 310_000), ("flush and close", 45_500)],
                per: "producer")
        }
        let clients = try (1...rounds).map {
            try produceRepeat(
                round: $0, rate: 1200 + Int64($0), latencyNs: 1_010_000, samples: 2400, connections: 2400,
                steps: clientSteps, per: "client")
        }
        return ExperimentResult(
            name: "reuse", kind: .produce, axes: ["recreate"],
            baseline: [AxisSetting(name: "recreate", value: "never")], plannedRepeats: rounds,
            cells: [
                cell([("recreate", "never")], loads, kept),
                cell([("recreate", "producer: 1 record")], loads, producers),
                cell([("recreate", "client: 1 record")], loads, clients),
            ])
    }

    static let milestones = [
        "connect", "ApiVersions", "Metadata", "FindCoordinator", "OffsetFetch", "ListOffsets", "first Fetch",
        "first record",
    ]

    /// A repeat of starts, each a little slower than the one before.
    static func startRepeat(
        round: Int, starts: Int, gapsUs: [UInt64?], rule: String, demanded: ClosedRange<Int64>?, observed: Int64?,
        committed: Int64? = nil, log: ClosedRange<Int64> = 0...20_000, unit: StartsRecord.Unit = .records
    ) throws -> Repeat {
        var ready = HdrHistogram.latencies(), firstRecord = HdrHistogram.latencies()
        let rows = (0..<starts).map { start -> [UInt64?] in
            var atNs: UInt64 = 0
            let row = gapsUs.map { gap -> UInt64? in
                guard let gap else { return nil }
                atNs += (gap + UInt64(start % 10) + UInt64(round)) * 1000
                return atNs
            }
            ready.recordValue((row[row.count - 2] ?? 0))
            firstRecord.recordValue(atNs)
            return row
        }
        let partitions = (0..<2).map { number in
            var partition = PartitionStarts(partition: Int32(number), rule: rule)
            for _ in 0..<starts {
                partition.enter(
                    demanded: demanded, observed: observed, committed: committed, logStart: log.lowerBound,
                    logEnd: log.upperBound)
            }
            return partition
        }
        return Repeat(
            round: round, startedAt: UTCTime(secondsSince1970: 1_800_000_050), windowNs: UInt64(starts) * 12_000_000,
            resources: ResourceUsage(clientCPUNs: UInt64(starts) * 900_000),
            traffic: Traffic(bytesSent: 1000, bytesReceived: 9000, connectionsOpened: Int64(starts) * 2),
            starts: StartsRecord(milestones: milestones, reachedAtNs: rows, partitions: partitions, unit: unit),
            latencies: [try LatencyRecord(.ready, ready), try LatencyRecord(.firstRecord, firstRecord)])
    }

    /// The quick start's second experiment: the seed's rule table.
    static func start(starts: Int = 125, rounds: Int = 8) throws -> ExperimentResult {
        let fresh: [UInt64?] = [200, 300, 250, nil, nil, 400, 150, 900]
        let committed: [UInt64?] = [200, 300, 250, 280, 310, nil, 150, 850]
        let policy = "new group: auto.offset.reset"
        let cases: [(String, [UInt64?], String, Int64, Int64?)] = [
            ("earliest", fresh, policy, 0, nil), ("latest", fresh, policy, 20_000, nil),
            ("committed", committed, "the commit", 19_000, 19_000),
            ("reset", fresh, "reset on start: auto.offset.reset", 0, 19_000),
        ]
        let cells = try cases.map { name, gaps, rule, offset, commit in
            let repeats = try (1...rounds).map {
                try startRepeat(
                    round: $0, starts: starts, gapsUs: gaps, rule: rule, demanded: offset...offset, observed: offset,
                    committed: commit)
            }
            return cell([("case", name)], nil, repeats)
        }
        return ExperimentResult(name: "start", kind: .start, axes: ["case"], plannedRepeats: rounds, cells: cells)
    }
}
