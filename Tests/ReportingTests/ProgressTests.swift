import Measurement
import Reporting
import Results
import Testing

@Suite struct RunPlanTests {
    @Test func saysWhatIsToCome() {
        let plan = RunPlan(parts: [
            .init(name: "reuse", cellCount: 3, repeats: 8, extent: "2 s + 10 s", expectedNs: 288_000_000_000),
            .init(name: "starting", cellCount: 1, repeats: 1, extent: "125 starts", expectedNs: 12_000_000_000),
        ])
        #expect(plan.repeatCount == 25 && plan.expectedNs == 300_000_000_000)
        #expect(
            plan.lines() == [
                "plan: 2 experiments, 4 cells, 25 repeats, about 5 min",
                "  reuse     3 cells × 8 repeats × 2 s + 10 s ≈ 4 min 48 s",
                "  starting  1 cell × 1 repeat × 125 starts ≈ 12 s",
            ])
        #expect(plan.lines(style: .ascii)[2] == "  starting  1 cell x 1 repeat x 125 starts ~ 12 s")
    }

    @Test func claimsNoTimeItDoesNotKnow() {
        var plan = RunPlan(parts: [.init(name: "a", cellCount: 1, repeats: 2, extent: "10 records", expectedNs: nil)])
        #expect(plan.lines() == ["plan: 1 experiment, 1 cell, 2 repeats", "  a  1 cell × 2 repeats × 10 records"])
        plan.parts += [.init(name: "b", cellCount: 1, repeats: 1, extent: "1 s", expectedNs: UInt64.max)]
        #expect(plan.expectedNs == nil)
        plan.parts[0].expectedNs = 1
        #expect(plan.expectedNs == nil)
        #expect(RunPlan(parts: []).lines() == ["plan: 0 experiments, 0 cells, 0 repeats, about 0 s"])
    }
}

@Suite struct RunProgressTests {
    private var progress: RunProgress {
        RunProgress(
            experiment: "reuse", axes: [AxisSetting(name: "recreate", value: "client: 1 record")], round: 3,
            roundCount: 8, repeatsDone: 7, repeatCount: 24, elapsedNs: 93_000_000_000, leftNs: 200_000_000_000,
            step: nil, perSecond: 12_345.6)
    }

    @Test func movesOnOneLine() {
        let line = progress.terminalLine(width: 120)
        #expect(
            line == RunProgress.erasure
                + "7/24 | 1:33 elapsed, 3:20 left | reuse | recreate client: 1 record | repeat 3/8 | 12,346 records/s")
        var warming = progress
        (warming.step, warming.perSecond, warming.leftNs, warming.axes) = ("warm-up", nil, nil, [])
        #expect(
            warming.terminalLine(width: 120)
                == RunProgress.erasure + "7/24 | 1:33 elapsed | reuse | repeat 3/8 | warm-up")
    }

    @Test(arguments: [0, 1, 2, 20, 79, 80, 81])
    func neverWrapsTheTerminal(width: Int) {
        for style in [TextStyle.unicode, .ascii] {
            let line = progress.terminalLine(width: width, style: style).dropFirst(RunProgress.erasure.count)
            #expect(line.count <= max(width - 1, 0))
        }
    }

    @Test func saysHowARepeatWent() throws {
        var made = try Made.produceRepeat(round: 3, rate: 1200, latencyNs: 1_000_000)
        let start = "7/24 reuse, recreate client: 1 record, repeat 3/8: "
        #expect(
            progress.plainLine(after: made, kind: .produce)
                == start + "1,200 records/s, median 1.50 ms, 3 min 20 s left")
        made.saturated = true
        #expect(progress.plainLine(after: made, kind: .produce).contains("median 1.50 ms, saturated, 3 min"))
        made.invalidReasons = [InvalidReason(.generatorLate, "p99 4 ms\u{1b}")]
        #expect(
            progress.plainLine(after: made, kind: .produce)
                == start + "INVALID (generator late: p99 4 ms?), 3 min 20 s left")
        let starts = try Made.start(starts: 20, rounds: 1).cells[0].repeats[0]
        #expect(
            progress.plainLine(after: starts, kind: .start)
                == start + "20 starts, median 2.23 ms to first record, 3 min 20 s left")
        var wrong = starts
        wrong.starts?.partitions[0].observed[0] = 5
        #expect(progress.plainLine(after: wrong, kind: .start).contains("INVALID (wrong start offset)"))
    }
}
