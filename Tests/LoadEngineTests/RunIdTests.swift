import Results
import Testing

@testable import LoadEngine

@Suite struct RunIdTests {
    @Test func anIdIsItsStartAndFourLetters() throws {
        let id = RunId(startedAt: UTCTime(secondsSince1970: 1_796_052_180))
        #expect(id.description.wholeMatch(of: /20261130T152300-[a-z]{4}/) != nil, "\(id)")
        #expect(RunId(id.description) == id)
        #expect(RunId(id.description)?.startedAt == id.startedAt)
    }

    @Test func runsOfOneSecondDiffer() {
        let moment = UTCTime(secondsSince1970: 1_796_052_180)
        // Two of a hundred are alike in one of 93 such tests; ten thousand would surely have some.
        #expect(Set((0..<100).map { _ in RunId(startedAt: moment).description }).count >= 98)
    }

    @Test(arguments: [
        "", "20261130T152300", "20261130T152300-", "20261130T152300-abc", "20261130T152300-abcde",
        "20261130T152300-abcD", "20261130T152300-ab1d", "20261330T152300-abcd", "20261130T252300-abcd",
        "20261130152300-abcd", "20261130T152300Z-abcd", " 20261130T152300-abcd", "20261130T152300-abcd-",
        "20261130T152300-äbcd", "2026113OT152300-abcd",
    ])
    func anythingElseIsNoId(text: String) {
        #expect(RunId(text) == nil)
    }

    @Test func namesAreFoundBehindAnyPrefix() throws {
        let run = try #require(RunId("20261130T152300-kqzv"))
        for prefix in ["", "perf-", "perf", "a.b_c-", "weir-", "weir-weir-", String(repeating: "x", count: 100)] {
            let name = RunName(prefix: prefix, run: run, experiment: "reuse-2", cell: 7)
            #expect(name.base == "\(prefix)weir-20261130T152300-kqzv-reuse-2-7")
            #expect(RunName.run(of: name.base) == run, "\(name.base)")
            #expect(RunName.run(of: name.group(round: 3)) == run)
            #expect(RunName.run(of: name.group(round: 3) + "-125") == run)
        }
    }

    @Test(arguments: [
        "weir-20261130T152300-kqzv", "weir-20261130T152300-kqzv-", "weir-20261130T152300-kqzv-3",
        "weir-20261130T152300-kqzv-e", "weir-20261130T152300-kqzv-e-", "weir-20261130T152300-kqzv-e-x",
        "weir-20261130T152300-kqzv-e-3-dlq", "weir-20261130T152300-kqzve-e-3", "weir-20261330T152300-kqzv-e-3",
        "weir20261130T152300-kqzv-e-3", "Weir-20261130T152300-kqzv-e-3", "weir-1a2b3c-e-0", "invoices-1", "weir-",
        "weir-20261130T152300-kqzv-e-3 ", "weir-20261130T152300-kqzv-e-é-3", "weir-20261130T152300-kqzv-e-12345678",
    ])
    func whatIsNotExactlyNamedSoIsNoRuns(name: String) {
        #expect(RunName.run(of: name) == nil)
    }

    @Test func theLongestNameFitsKafkas249Characters() {
        let name = RunName(
            prefix: String(repeating: "p", count: 100), run: RunId(), experiment: String(repeating: "e", count: 64),
            cell: 3_999)
        #expect("\(name.group(round: 1_000))-1000000".utf8.count <= 249)
    }
}
