import Results
import Testing

@testable import Scenario

@Suite struct ExpectationTests {
    private func produceProblems(_ lines: String..., baseline: Bool = false) -> [String] {
        let expect = "expect: [\(lines.map { "\"\($0)\"" }.joined(separator: ", "))]"
        let axis = baseline ? ["cases: {a: {}, b: {}}", "baseline: {case: a}"] : []
        return problems(produce(minimal[0], minimal[1], experiment: [expect] + axis))
    }

    @Test func readsAMetricARelationAndABound() throws {
        let lines = [
            "ack p99 <= 20 ms", "records/s >= 1500.5/s", "records/s >= 2000", "MB/s >= 10 MB/s",
            "client CPU/record <= 40 µs", "client bytes sent/record <= 1 KiB", "records failed = 0",
        ]
        let text = produce(
            minimal[0], minimal[1], experiment: ["expect:"] + lines.map { "  - \($0)" })
        let expectations = try cell(text).expectations
        #expect(expectations.map(\.text) == lines)
        #expect(expectations.map(\.metric).prefix(3) == ["ack p99", "records/s", "records/s"])
        #expect(expectations.map(\.relation) == [.atMost, .atLeast, .atLeast, .atLeast, .atMost, .atMost, .equal])
        #expect(expectations.map(\.bound) == [2e7, 1500.5, 2000, 10, 4e4, 1024, 0])
        #expect(
            expectations.map(\.unit) == [
                .nanoseconds, .perSecond, .number, .megabytesPerSecond, .nanoseconds, .bytes, .number,
            ])
    }

    @Test(
        arguments: [
            ("ack p99 20 ms", "has no <=, >= or ="), ("ack p99 < 20 ms", "write <= for <"),
            ("ack p99 => 20 ms", "write >= for =>"), ("ack p99 == 20 ms", "write = for =="),
            ("<= 20 ms", "names no metric"), ("ack p99 <= soon", "is no number"),
            ("ack p99 <= 20 msec", "'msec' is no unit"), ("ack p99 <= 20", "is a time: write one like"),
            ("ack p99 <= 20 B", "is a time: write one like"), ("records/s >= 5 ms", "is a rate"),
            ("ack p9 <= 20 ms", "did you mean 'ack p99'?"), ("first record p99 <= 20 ms", "is no figure of producing"),
            ("nonsense <= 1", "there are "), ("records/s <= 100", "more records/s is better: write >="),
            ("ack p99 >= 1 ms", "less ack p99 is better: write <="), ("ack p99 = 1 ms", "is no count"),
            ("records/s >= 0.97 x baseline", "has no baseline"),
            ("records/s >= 0.97 baseline", "write 0.97 x baseline"),
            ("records/s >= 97 %", "such as 0.97 x baseline"),
            ("records failed = 0.5", "is a count, and counts are whole"),
            ("service time p99 <= 1 ms", "is not measured where load is a concurrency: there is ack"),
            ("queueing time p50 <= 1 ms", "is not measured where load is a concurrency"),
        ])
    func saysWhatIsWrongWithALine(line: String, words: String) {
        let found = produceProblems(line)
        #expect(found.count == 1 && found.first?.contains(words) == true, "\(found)")
        #expect(found.first?.hasPrefix("f:8:") == true, "\(found)")
    }

    @Test func aLatencyThatIsNeverMeasuredIsNamed() throws {
        func found(_ body: String) -> [String] { problems(scenario(body)) }
        let unlimited = found("produce: {value: {size: 100 B}, load: unlimited}\nexpect: [ack p99 <= 1 ms]\n")
        #expect(unlimited.first?.contains("where load is unlimited: there is queueing time") == true, "\(unlimited)")
        let gate = found("produce: {value: {size: 100 B}, load: unlimited}\ngate: {metrics: [ack p50]}\n")
        #expect(gate.first?.contains("where load is unlimited: there is queueing time") == true, "\(gate)")
        let topic = "topic: {preload: {records: 10 records, value: {size: 10 B}}}\n"
        let ready = found(topic + "start: {until: ready}\nexpect: [first record p99 <= 1 s]\n")
        #expect(ready.first?.contains("write until: first record") == true, "\(ready)")
        #expect(found(topic + "start: {until: first record}\nexpect: [first record p99 <= 1 s]\n") == [])
    }

    @Test func tooFewRepeatsForAVerdictAreAWarning() throws {
        func found(_ expect: String, _ repeats: Int) throws -> [String] {
            try warnings(
                produce(
                    minimal[0], minimal[1],
                    experiment: ["measure: {for: 1 s, repeats: \(repeats)}", "expect: [\(expect)]"])
            ).filter { $0.contains("expect") }
        }
        #expect(try found("ack p50 <= 1 s", 4).first?.contains("from 4 of at least 5 values") == true)
        #expect(try found("ack p50 <= 1 s", 5) == [])
        #expect(try found("records failed = 0", 1) == [])
    }

    @Test func aBaselineIsNotHeldAgainstItself() throws {
        #expect(produceProblems("records/s >= 0.97 x baseline", baseline: true) == [])
        let text = produce(
            minimal[0], minimal[1],
            experiment: [
                "expect: [records/s >= 0.97 x baseline, ack p50 <= 1 s]", "cases: {a: {}, b: {}}",
                "baseline: {case: a}",
            ])
        let cells = try #require(try Scenario.load(text: text).experiments.first?.cells)
        #expect(cells.map(\.expectations.count) == [1, 2])
    }

    @Test func aCaseHasItsOwnAndTheFileHasNone() throws {
        let text = produce(
            minimal[0], minimal[1],
            experiment: ["expect: [ack p50 <= 1 s]", "cases: {a: {}, b: {expect: [ack p50 <= 2 s]}}"])
        let cells = try #require(try Scenario.load(text: text).experiments.first?.cells)
        #expect(cells.map { $0.expectations.map(\.bound) } == [[1e9], [2e9]])
        let found = problems(produce(minimal[0], minimal[1], file: "expect: [ack p50 <= 1 s]"))
        #expect(found.first?.contains("stands in an experiment or a case") == true, "\(found)")
    }

    @Test func badConditionsAndLatenessHaveTheirLimits() throws {
        let text = produce(minimal[0], minimal[1], experiment: ["measure: {invalid: 10 %, late: 5 ms, foreign: 30 %}"])
        let measure = try cell(text).measure
        #expect(measure.invalidShareMax == 0.1 && measure.lateNs == 5_000_000 && measure.foreignShareMax == 0.3)
        let standard = try cell(produce(minimal[0], minimal[1])).measure
        #expect(standard.invalidShareMax == 0.2 && standard.lateNs == 10_000_000 && standard.foreignShareMax == 0.5)
    }
}
