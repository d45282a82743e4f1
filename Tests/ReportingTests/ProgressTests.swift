import Reporting
import Testing

@Suite struct PlanTextTests {
    @Test func saysWhatIsToCome() {
        let plan = PlanText(
            scenario: "quickstart",
            parts: [
                .init(name: "reuse", cellCount: 3, repeats: 8, roundNs: 36_000_000_000),
                .init(name: "starting", cellCount: 1, repeats: 1, roundNs: 12_000_000_000),
            ])
        #expect(
            plan.lines() == [
                "quickstart: 2 experiments, 4 cells, 25 repeats, about 5 min",
                "  reuse     3 cells × 8 repeats, 36 s a round, 4 min 48 s in all",
                "  starting  1 cell × 1 repeat, 12 s a round, 12 s in all",
            ])
        #expect(plan.lines(style: .ascii)[1] == "  reuse     3 cells x 8 repeats, 36 s a round, 4 min 48 s in all")
    }

    @Test func claimsNoTimeItDoesNotKnow() {
        var plan = PlanText(scenario: "s", parts: [.init(name: "a", cellCount: 1, repeats: 2, roundNs: nil)])
        #expect(
            plan.lines() == [
                "s: 1 experiment, 1 cell, 2 repeats", "  a  1 cell × 2 repeats, until their number is done",
            ])
        plan.parts.append(.init(name: "b", cellCount: 1, repeats: 3, roundNs: 20_000_000_000))
        #expect(plan.lines()[0] == "s: 2 experiments, 2 cells, 5 repeats, at least 1 min")
        plan.parts[0].roundNs = UInt64.max
        plan.parts[0].repeats = Int(Int32.max)
        #expect(plan.lines()[0].hasSuffix("about –"))
        #expect(PlanText(scenario: "s", parts: []).lines() == ["s: 0 experiments, 0 cells, 0 repeats"])
    }
}

@Suite struct ProgressTextTests {
    private var progress: ProgressText {
        ProgressText(
            experiment: "reuse", cell: "recreate=client: 1 record", round: 3, roundCount: 8, number: 7, repeatCount: 24,
            elapsedNs: 93_000_000_000, leftNs: 200_000_000_000, perSecond: 12_345.6)
    }

    @Test func movesOnOneLine() {
        #expect(
            progress.movingLine(width: 120) == ProgressText.erasure
                + "[7/24] reuse recreate=client: 1 record, round 3/8, 1 min 33 s elapsed, 3 min 20 s left, 12,346/s")
        var early = progress
        (early.perSecond, early.leftNs, early.cell) = (nil, nil, "")
        #expect(early.movingLine(width: 120) == ProgressText.erasure + "[7/24] reuse, round 3/8, 1 min 33 s elapsed")
    }

    @Test(arguments: [
        (80, "[7/24] reuse recreate=client: 1 record, round 3/8, 3 min 20 s left, 12,346/s"),
        (73, "[7/24] reuse recreate=client: 1 record, 3 min 20 s left, 12,346/s"),
        (60, "[7/24] reuse recreate=client: 1…, 3 min 20 s left, 12,346/s"),
        (40, "[7/24] reuse recreate…, 3 min 20 s left"), (33, "[7/24] reuse r…, 3 min 20 s left"),
        (30, "[7/24] 3 min 20 s left"), (17, "3 min 20 s left"), (10, "3 min 20…"),
    ])
    func keepsWhatIsLeftOfTheRunLongest(width: Int, text: String) {
        #expect(progress.movingLine(width: width) == ProgressText.erasure + text)
    }

    @Test(arguments: [0, 1, 2, 20, 79, 83, 84, 85])
    func neverWrapsTheTerminal(width: Int) {
        for style in [TextStyle.unicode, .ascii] {
            let line = progress.movingLine(width: width, style: style).dropFirst(ProgressText.erasure.count)
            #expect(line.count <= max(width - 1, 0))
        }
    }

    @Test func saysHowARepeatWent() {
        #expect(
            progress.doneLine("invalid: p99 4 ms\u{1b}[2J\n")
                == "[7/24] reuse recreate=client: 1 record, round 3/8: invalid: p99 4 ms?[2J , 3 min 20 s left")
        #expect(ProgressText.moving("a\nb", width: 3) == ProgressText.erasure + "a…")
    }
}
