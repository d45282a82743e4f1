import Foundation
import JSONSchemaChecker
import Measurement
import Reporting
import Results
import Testing

@Suite struct ReportGoldenTests {
    @Test func quickStart() throws {
        let report = try Report(Made.result([Made.reuse(), Made.start()]), path: "results/made-20270115T080000Z.json")
        try Golden.expect(report.console(), is: "quickstart.txt")
        try Golden.expect(report.console(width: 80), is: "quickstart-80.txt")
        try Golden.expect(report.console(style: .ascii), is: "quickstart-ascii.txt")
        try Golden.expect(report.markdown(), is: "quickstart.md")
        try Golden.expect(report.json(), is: "quickstart.json")
    }

    @Test func disturbed() throws {
        let load = Load.closed(concurrency: 16)
        let calm = try (1...2).map { round -> Repeat in
            var made = try Made.produceRepeat(round: round, rate: 50_000, latencyNs: 290_000)
            made.disturbances = Disturbances(longestGapNs: 4_000_000)
            made.resources.othersCPUNs = 100_000_000
            return made
        }
        var away = calm[0]
        away.disturbances = Disturbances(
            lostConnections: 2, failedConnections: 3, unansweredRequests: 4, retries: 5, throttledAnswers: 6,
            throttledNs: 700_000_000, longestGapNs: 800_000_000, splitBatches: 8,
            standstill: Standstill(of: "broker b:9092", longestNs: 900_000_000))
        away.resources.othersCPUNs = 3_700_000_000
        away.invalidReasons = [
            InvalidReason(.noProgress, "no record was acknowledged for 0.8 s of 2.0 s (limit 0.5 s)")
        ]
        var starts = try Made.start(starts: 40, rounds: 2)
        starts.cells = [starts.cells[0]]
        for place in starts.cells[0].repeats.indices {
            starts.cells[0].repeats[place].disturbances = Disturbances(longestGapNs: 5_000_000, outsideNs: 90_000_000)
            starts.cells[0].repeats[place].resources.othersCPUNs = 400_000_000
        }
        starts.cells[0].broker = "near"
        let produce = ExperimentResult(
            name: "produce", kind: .produce, axes: ["acks"], plannedRepeats: 2,
            cells: [Made.cell([("acks", "all")], load, calm), Made.cell([("acks", "1")], load, [away, calm[1]])])
        var result = Made.result([produce, starts])
        result.brokers.append(BrokerRecord(name: "near", kind: .cluster, address: "127.0.0.1:9092"))
        let report = try Report(result)
        try Golden.expect(report.console(), is: "disturbed.txt")
        #expect(report.json().contains("\"doubts\" : ["))
    }

    @Test func throughput() throws {
        let codecs: [(String, Int64)] = [("none", 2_000_000), ("lz4", 2_600_000), ("zstd", 1_100_000)]
        let produce = try codecs.map { codec, rate in
            let repeats = try (1...4).map { round -> Repeat in
                var made = try Made.produceRepeat(
                    round: round, rate: rate + Int64(round) * 10_000, latencyNs: 3_000_000, kind: .queueing)
                made.reconciliation?.codecsStored = [codec: 400]
                made.breakdown = nil
                return made
            }
            return Made.cell([("compression.type", codec)], .unlimited, repeats)
        }
        let consume = try codecs.map { codec, rate in
            let repeats = try (1...4).map { try consumeRepeat(round: $0, rate: rate * 2, codec: codec) }
            return Made.cell([("compression.type", codec)], nil, repeats)
        }
        let baseline = [AxisSetting(name: "compression.type", value: "none")]
        let experiments = [(ExperimentResult.Kind.produce, produce), (.consume, consume)].map { kind, cells in
            ExperimentResult(
                name: kind.rawValue, kind: kind, axes: ["compression.type"], baseline: baseline, plannedRepeats: 4,
                cells: cells)
        }
        try Golden.expect(try Report(Made.result(experiments)).console(), is: "throughput.txt")
    }

    /// Reads its preload over and over, twice the records a second of an odd round.
    private func consumeRepeat(round: Int, rate: Int64, codec: String) throws -> Repeat {
        Repeat(
            round: round, startedAt: UTCTime(secondsSince1970: 1_800_000_001), windowNs: 1_000_000_000,
            counts: WindowCounts(consumed: rate + Int64(round), consumedBytes: rate * 100, passes: 12),
            reconciliation: Reconciliation(codecsStored: [codec: 90]),
            resources: ResourceUsage(clientCPUNs: UInt64(rate) * 250, brokerCPUNs: UInt64(rate) * 40),
            traffic: Traffic(bytesSent: 40_000, bytesReceived: rate * 70))
    }

    @Test func endToEndWithAnOpenLoopThatSaturates() throws {
        let cells = try [2000.0, 50_000].map { rate -> CellResult in
            let repeats = try (1...3).map { round -> Repeat in
                var made = try Made.produceRepeat(round: round, rate: Int64(rate * 0.9), latencyNs: 700_000)
                made.counts.consumed = made.counts.acknowledged - 1
                made.counts.consumedBytes = made.counts.consumed * 100
                made.breakdown = nil
                made.saturated = rate > 10_000
                for (kind, latencyNs) in [
                    (LatencyRecord.Kind.endToEnd, UInt64(1_900_000)), (.service, 650_000), (.slip, 900),
                ] {
                    made.latencies.append(try LatencyRecord(kind, Made.histogram(fromNs: latencyNs, count: 20_000)))
                }
                return made
            }
            return Made.cell([("rate", "\(Int(rate))/s")], .open(ratePerSecond: rate), repeats)
        }
        let experiment = ExperimentResult(
            name: "ends", kind: .endToEnd, axes: ["rate"], plannedRepeats: 3, cells: cells)
        try Golden.expect(try Report(Made.result([experiment])).console(), is: "saturated.txt")
    }

    @Test func invalidRepeats() throws {
        var reuse = try Made.reuse()
        reuse.cells[2].repeats[1].invalidReasons = [
            InvalidReason(.countsDisagree, "acknowledged 2,404, end offsets moved by 2,403"),
            InvalidReason(.wrongCodec, "lz4 asked for, none stored"),
        ]
        reuse.cells[2].repeats[1].counts.acknowledged = 999_999_999
        for round in reuse.cells[1].repeats.indices {
            reuse.cells[1].repeats[round].invalidReasons = [InvalidReason(.recordsFailed, "all of them")]
        }
        reuse.cells[0].repeats[0].waived = ["end offsets", "codec"]
        var start = try Made.start(starts: 20, rounds: 2)
        start.cells[2].repeats[1].starts?.partitions[1].observed[3] = 17_000
        start.cells[3].repeats[0].starts?.partitions[0].observed[0] = nil
        start.cells[3].repeats[0].invalidReasons = [InvalidReason(.wrongStartOffset, "1 of 40")]
        try Golden.expect(try Report(Made.result([reuse, start])).console(), is: "invalid.txt")
    }

    /// The policies side by side in two states, with each danger.
    @Test func policiesSideBySide() throws {
        let gaps: [UInt64?] = [200, 300, 250, 280, 310, nil, 150, 900]
        func starts(
            _ policy: String, _ condition: String, _ observed: Int64?, commit: Int64?, log: ClosedRange<Int64>
        ) throws -> CellResult {
            var made = try (1...2).map {
                try Made.startRepeat(
                    round: $0, starts: 20, gapsUs: gaps, rule: "r", demanded: observed.map { $0...$0 },
                    observed: observed, committed: commit, log: log)
            }
            if observed == nil {
                for index in made.indices { for _ in 0..<20 { made[index].starts?.refuse("OFFSET_OUT_OF_RANGE") } }
            }
            var cell = Made.cell([("case", policy), ("committed", condition)], nil, made)
            cell.start = StartChoice(policy: policy, condition: condition)
            return cell
        }
        let (below, above) = ("committed below the log's start", "committed above the log's end")
        let cells = [
            try starts("earliest", below, 500, commit: 100, log: 500...2_000),
            try starts("earliest", above, 500, commit: 9_000, log: 500...2_000),
            try starts("latest", below, 2_000, commit: 100, log: 500...2_000),
            try starts("latest", above, 2_000, commit: 9_000, log: 500...2_000),
            try starts("none", below, nil, commit: 100, log: 500...2_000),
            try starts("at offset 900", above, 900, commit: 9_000, log: 500...2_000),
            try starts("earliest", "committed at offset 700", 700, commit: 700, log: 500...2_000),
            try starts("reset: on start, earliest", "committed at offset 700", 500, commit: 700, log: 500...2_000),
        ]
        let experiment = ExperimentResult(
            name: "reset", kind: .start, axes: ["case", "committed"], plannedRepeats: 2, cells: cells)
        let report = try Report(Made.result([experiment]))
        try Golden.expect(report.console(), is: "policies.txt")
        let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
        let choices = try #require((json as? [String: Any])?["choices"] as? [[String: Any]])
        #expect(
            choices.map { $0["danger"] as? String } == [
                "! silent loss", "! silent skip", "! exception", nil, "! silent skip", "! silent skip", nil, nil,
            ])
        #expect(try SchemaChecker(Report.jsonSchema).problems(of: json) == [])
    }

    /// Starts whose commits are anywhere, on a topic of others who write meanwhile, and starts that
    /// are refused.
    @Test func startsOnAnOthersTopic() throws {
        let gaps: [UInt64?] = [200, 300, 250, 280, 310, nil, 150, 900]
        let outOfRange = "commit out of range: auto.offset.reset"
        func cell(
            _ name: String, _ rule: String, _ demanded: ClosedRange<Int64>?, _ observed: Int64?, _ committed: Int64?,
            unit: StartsRecord.Unit = .offsets, refusal: String? = nil
        ) throws -> CellResult {
            var made = try Made.startRepeat(
                round: 1, starts: 30, gapsUs: gaps, rule: rule, demanded: demanded, observed: observed,
                committed: committed, log: 500...20_000, unit: unit)
            if let refusal {
                for _ in 0..<30 { made.starts?.refuse(refusal) }
                made.latencies = [try LatencyRecord(.refusal, Made.histogram(fromNs: 900_000, count: 30))]
            }
            return Made.cell([("case", name)], nil, [made])
        }
        let cells = [
            try cell("latest", "new group: auto.offset.reset", 19_990...20_303, 20_000, nil),
            try cell("lost", outOfRange, 500...500, 500, 10),
            try cell("above", outOfRange, 20_000...20_000, 20_000, 36_000_000_000),
            try cell(
                "refused", "new group: auto.offset.reset", nil, nil, nil, refusal: "NoOffsetForPartitionException"),
            try cell("own", "the commit", 700...700, 700, 700, unit: .records),
        ]
        let experiment = ExperimentResult(name: "start", kind: .start, axes: ["case"], plannedRepeats: 1, cells: cells)
        try Golden.expect(try Report(Made.result([experiment])).console(), is: "starts-on-others.txt")
    }

    @Test func cellsThatEndedEarly() throws {
        var reuse = try Made.reuse()
        reuse.cells[0].repeats.removeLast()
        reuse.cells[0].endedEarly = InvalidReason(.topicGone, "topic t was deleted while it was measured")
        reuse.cells[1].repeats.removeLast()
        for round in 0..<2 {
            reuse.cells[1].repeats[round].invalidReasons = [InvalidReason(.timedOut, "no answer within 1000 ms")]
        }
        reuse.cells[1].endedEarly = InvalidReason(.timedOut, "no answer within 1000 ms")
        var result = Made.result([reuse])
        let before = try Report(result)
        try Golden.expect(before.console(), is: "ended.txt")
        try Golden.expect(before.json(), is: "ended.json")
        result.endedEarly = InvalidReason(.timedOut, "2 cells failed at embedded")
        #expect(try Report(result).console().contains("2 of 3 cells ended early, the run ended early"))
    }

    @Test func interruptedInItsFirstRound() throws {
        var reuse = try Made.reuse()
        reuse.cells[0].repeats.removeLast(2)
        reuse.cells[1].repeats.removeLast(2)
        reuse.cells[2].repeats = []
        var start = try Made.start()
        for cell in start.cells.indices { start.cells[cell].repeats = [] }
        try Golden.expect(
            try Report(Made.result([reuse, start], interrupted: true)).console(), is: "interrupted.txt")
    }

    @Test func oneRepeatWithFewSamples() throws {
        let few = try Made.produceRepeat(round: 1, rate: 3, latencyNs: 5_000_000_000, samples: 6)
        let none = Repeat(round: 1, startedAt: UTCTime(secondsSince1970: 1_800_000_001), windowNs: 0)
        let huge = Repeat(
            round: 1, startedAt: UTCTime(secondsSince1970: 1_800_000_001), windowNs: 1,
            counts: WindowCounts(acknowledged: Int64.max, acknowledgedBytes: Int64.max),
            resources: ResourceUsage(clientCPUNs: UInt64.max, stealNs: UInt64.max, peakMemoryBytes: UInt64.max),
            traffic: Traffic(bytesSent: Int64.max, connectionsOpened: Int64.max))
        let experiment = ExperimentResult(
            name: "edges", kind: .produce, axes: ["what"], baseline: [AxisSetting(name: "what", value: "few")],
            plannedRepeats: 1,
            cells: [("few", few), ("nothing", none), ("huge", huge)].map {
                Made.cell([("what", $0.0)], .closed(concurrency: 1), [$0.1])
            })
        let single = ExperimentResult(
            name: "single", kind: .produce, axes: [], plannedRepeats: 1,
            cells: [Made.cell([], .open(ratePerSecond: 10), [few])])
        try Golden.expect(try Report(Made.result([experiment, single])).console(), is: "edges.txt")
    }

    @Test func nothingAtAll() throws {
        let empty = ExperimentResult(name: "empty", kind: .start, axes: ["case"], plannedRepeats: 8, cells: [])
        try Golden.expect(try Report(Made.result([])).console(), is: "nothing.txt")
        try Golden.expect(try Report(Made.result([empty])).console(), is: "empty.txt")
    }

    @Test func closedAndOpenLoopsApart() throws {
        let cells = try [Load.closed(concurrency: 4), .open(ratePerSecond: 500), .unlimited].map { load in
            let made = try Made.produceRepeat(round: 1, rate: 500, latencyNs: 1_000_000)
            return Made.cell([("load", load.kind.rawValue)], load, [made])
        }
        let experiment = ExperimentResult(
            name: "loads", kind: .produce, axes: ["load"], plannedRepeats: 1, cells: cells)
        try Golden.expect(try Report(Made.result([experiment])).console(), is: "loads.txt")
    }

    @Test func textThatWouldObeyOrBreakTheTable() throws {
        var result = try Made.result([Made.reuse(rounds: 2)])
        result.scenario.about = "a|b `c` <script>\u{1b}[31m\nred"
        result.experiments[0].cells[0].axes[0].value = "日本語 e\u{301} 🙂"
        result.experiments[0].cells[1].axes[0].value = "\u{202e}txt|*\r"
        result.experiments[0].baseline = nil
        try Golden.expect(try Report(result, path: "it's odd/日本.json").console(), is: "odd.txt")
        try Golden.expect(try Report(result, path: "it's odd/日本.json").console(style: .ascii), is: "odd-ascii.txt")
        try Golden.expect(try Report(result).markdown(), is: "odd.md")
    }
}
