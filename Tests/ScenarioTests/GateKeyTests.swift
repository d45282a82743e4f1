import Results
import Testing

@testable import Scenario

/// `gate` in a file, an experiment and a case.
@Suite struct GateKeyTests {
    private func gate(_ line: String, file: String = "") throws -> GateSpec {
        try cell(produce(minimal[0], minimal[1], file: file, experiment: line.isEmpty ? [] : [line])).gate
    }

    @Test func saysMetricsAndMargins() throws {
        #expect(try gate("") == GateSpec())
        #expect(
            try gate("gate: {metrics: [records/s, ack p99], margin: 5 %}")
                == GateSpec(metrics: ["records/s", "ack p99"], margin: 0.05))
        #expect(
            try gate("gate: {margin: {ack p99: 10 %, records/s: 2 %}}")
                == GateSpec(margins: ["ack p99": 0.1, "records/s": 0.02]))
    }

    @Test func theExperimentsLiesOverTheFiles() throws {
        #expect(try gate("", file: "gate: {margin: 5 %}") == GateSpec(margin: 0.05))
        #expect(
            try gate("gate: {metrics: [ack p50]}", file: "gate: {margin: 5 %}")
                == GateSpec(metrics: ["ack p50"], margin: 0.05))
    }

    @Test func aFileMayNameMetricsOfSeveralExperiments() throws {
        #expect(
            try gate("", file: "gate: {metrics: [first record p50, ack p50], margin: {first record p50: 5 %}}")
                == GateSpec(metrics: ["ack p50"]))
        let own = produce(minimal[0], minimal[1], experiment: ["gate: {metrics: [first record p50]}"])
        #expect(problems(own).contains { $0.contains("gate: 'first record p50' is no figure of producing") })
    }

    @Test(arguments: [
        ("{metrics: [ack p9]}", "did you mean 'ack p99'?"), ("{metrics: []}", "metrics is empty"),
        ("{metrics: [ack p50, ack p50]}", "names 'ack p50' twice"), ("{margin: 0 %}", "a margin of 0 %"),
        ("{margin: 3}", "write a share like 50 %"), ("{margin: {ack p50: 3 ms}}", "write a share like 50 %"),
        ("{margin: {nonsense: 3 %}}", "no figure is called 'nonsense'"), ("{margin: {}}", "margin is empty"),
        ("{margin: 300 %}", "out of range"), ("{metric: [ack p50]}", "metrics"),
        ("{metrics: [others' CPU cores]}", "neither better nor worse"),
    ])
    func saysWhatIsWrong(gate: String, words: String) {
        let found = problems(produce(minimal[0], minimal[1], experiment: ["gate: \(gate)"]))
        #expect(found.count == 1 && found.first?.contains(words) == true, "\(found)")
    }

    @Test(arguments: [
        "gate: {metrics: [records/s, ack p99], margin: 5 %}", "gate: {margin: {ack p99: 10 %, records/s: 2 %}}",
    ]) func theResolvedFormReadsBack(line: String) throws {
        let text = produce(minimal[0], minimal[1], experiment: [line])
        let scenario = try Scenario.load(text: text)
        #expect(scenario.resolvedYAML.contains("gate:"))
        let again = try Scenario.load(text: scenario.resolvedYAML)
        #expect(again.experiments[0].cells[0].gate == scenario.experiments[0].cells[0].gate)
    }

    @Test func isSetFromTheCommandLine() throws {
        let text = produce(minimal[0], minimal[1], experiment: ["gate: {margin: 5 %}"])
        let scenario = try Scenario.load(text: text, overrides: ["margin=7 %"])
        #expect(scenario.experiments[0].cells[0].gate.margin == 0.07)
    }
}
