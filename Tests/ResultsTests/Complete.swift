import Foundation
import Measurement
import Results

/// A result that has every field, so that a lost field is noticed.
enum Complete {
    static func result() throws -> RunResult {
        var result = RunResult(
            runId: "20261130T152300-kqzv", scenario: scenario,
            labels: ["build": "42", "über": "\"quoted\" \\ and\nbroken"],
            seed: (1 << 53) - 1, weir: BuildRecord(version: "0.1.0", commit: "abc1234"),
            host: HostDescription(
                name: "host", operatingSystem: "Debian GNU/Linux 12", kernel: "Linux 6.1", architecture: "x86_64",
                cpuModel: "a cpu", coreCount: 2, memoryBytes: 1 << 34),
            brokers: [
                BrokerRecord(
                    name: "embedded", kind: .embedded, software: "weir 0.1.0", address: "127.0.0.1:4242", nodeCount: 1,
                    configuration: ["segment.bytes": "1048576"]),
                BrokerRecord(
                    name: "theirs", kind: .cluster, address: "a:9092,b:9092",
                    commandConfigKeys: ["sasl.jaas.config", "security.protocol"]),
            ],
            startedAt: UTCTime(secondsSince1970: 1_800_000_000), experiments: [try produce(), try start()])
        result.endedAt = UTCTime(secondsSince1970: 1_800_000_090)
        result.endedEarly = InvalidReason(.connectionFailed, "2 cells failed at theirs")
        return result
    }

    static let scenario = ScenarioRecord(
        name: "quick start", about: "All there is.", path: "Scenarios/quickstart.yaml", written: "weir: 1\n",
        resolved: "weir: 1\nname: quick start\n", overrides: ["acks=1"], only: ["reuse"], warnings: ["a:1:2: doubtful"])

    static func produce() throws -> ExperimentResult {
        let never = AxisSetting(name: "recreate", value: "never")
        return ExperimentResult(
            name: "reuse", kind: .produce, axes: ["recreate"], baseline: [never], plannedRepeats: 2,
            cells: [
                CellResult(
                    axes: [never], broker: "embedded", load: .closed(concurrency: 16), repeats: [try produceRepeat()],
                    expectations: [
                        Results.Expectation(
                            metric: "ack p99", relation: .atMost, bound: 2e7, unit: .nanoseconds,
                            text: "ack p99 <= 20 ms")
                    ], invalidShareMax: 0.2),
                CellResult(
                    axes: [AxisSetting(name: "recreate", value: "client: 1 record")], broker: "theirs",
                    load: .open(ratePerSecond: 2000.5),
                    endedEarly: InvalidReason(.topicGone, "topic t was deleted while it was measured")),
            ])
    }

    static func produceRepeat() throws -> Repeat {
        Repeat(
            round: 1, startedAt: UTCTime(secondsSince1970: 1_800_000_001),
            invalidReasons: [InvalidReason(.countsDisagree, "acknowledged 10, end offsets moved by 9")],
            waived: ["codec"], saturated: true, windowNs: 2_000_000_000,
            counts: WindowCounts(
                attempted: 11, acknowledged: 10, failed: 1, acknowledgedBytes: 1000, consumed: 9, consumedBytes: 900,
                passes: 3),
            reconciliation: Reconciliation(
                attempted: 12, acknowledged: 10, failed: 1, unknownOutcomes: 1, endOffsetDelta: 9, readBack: 9,
                codecExpected: "lz4", codecsStored: ["lz4": 3]),
            perSecond: PerSecond(firstSecond: -2, acknowledged: [1, 2, 3, 4], consumed: [0, 0, 4, 5]),
            resources: ResourceUsage(
                clientCPUNs: 1, clientInstructions: 12, brokerCPUNs: 2, othersCPUNs: 8, stealNs: 3,
                voluntarySwitches: 4,
                involuntarySwitches: 5,
                peakMemoryBytes: 6, brokerMemoryBytes: 7),
            traffic: Traffic(
                bytesSent: 1, bytesReceived: 2, connectionsOpened: 3, requestsByApi: ["Produce": 10, "Metadata": 1],
                roundTrips: 7),
            disturbances: Disturbances(
                lostConnections: 1, failedConnections: 2, unansweredRequests: 3, retries: 4, throttledAnswers: 5,
                throttledNs: 6, longestGapNs: 7, outsideNs: 8, splitBatches: 9,
                standstill: Standstill(of: "broker a:1", longestNs: 10, usualNs: 11)),
            phases: [PhaseSpan(name: "warm-up", beginNs: 0, endNs: 5)],
            breakdown: Breakdown(per: "client", count: 10, steps: [.init(name: "connect", count: 10, totalNs: 99)]),
            latencies: [try LatencyRecord(.acknowledgement, histogram([1000, 2000, 3_000_000]))])
    }

    static func start() throws -> ExperimentResult {
        var starts = StartsRecord(
            milestones: ["connect", "OffsetFetch", "first Fetch", "first record"],
            reachedAtNs: [[10, nil, 30, 40], [11, 20, 30, 40]], unit: .records)
        var first = PartitionStarts(partition: 0, rule: "the commit")
        first.enter(demanded: 5...5, observed: 5, committed: 5, logStart: 2, logEnd: 9)
        first.enter(demanded: nil, observed: nil, committed: nil, logStart: 2, logEnd: 9)
        var second = PartitionStarts(partition: 1, rule: "the commit")
        second.enter(demanded: 5...6, observed: 7, committed: 99, logStart: 2, logEnd: 9)
        second.enter(demanded: 6...6, observed: nil, committed: 6, logStart: 2, logEnd: 9)
        starts.partitions = [first, second]
        for _ in 0..<77 { starts.refuse("OFFSET_OUT_OF_RANGE") }
        starts.sentRecords = [StartsRecord.SentRecord(start: 1, gapNs: 3, appendedNs: 44)]
        let made = Repeat(
            round: 1, startedAt: UTCTime(secondsSince1970: 1_800_000_002), windowNs: 80, starts: starts,
            latencies: [try LatencyRecord(.ready, histogram([30])), try LatencyRecord(.firstRecord, histogram([40]))])
        return ExperimentResult(
            name: "start", kind: .start, axes: [], plannedRepeats: 1,
            cells: [
                CellResult(
                    axes: [], broker: "embedded", load: nil,
                    start: StartChoice(policy: "earliest", condition: "nothing committed"), repeats: [made])
            ])
    }

    static func histogram(_ values: [UInt64]) -> HdrHistogram {
        var histogram = HdrHistogram.latencies()
        for value in values { histogram.recordValue(value) }
        return histogram
    }
}

/// A folder of the test's own, removed when the body ends.
func withTemporaryFolder<T>(_ body: (String) throws -> T) throws -> T {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("weir-results-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}
