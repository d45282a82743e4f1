import Foundation
import FoundationXML
import Reporting
import Results
import Testing

@Suite struct CheckTests {
    private static let checks = [
        Check(suite: "reuse", name: "never: ack p99 <= 20 ms", status: .passed, message: "met: it is 3 ms"),
        Check(
            suite: "reuse", name: "client: ack p99 <= 20 ms", status: .failed,
            message: "100 % \"late\" & <slow>\nat last"),
        Check(suite: "start", name: "latest", status: .inconclusive, message: "too few"),
        Check(suite: "start", name: "reset", status: .broken, message: "counts\u{1} disagree"),
    ]

    /// What an XML reader that is not ours finds.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            elements.append((name, attributes))
        }
    }

    @Test(arguments: [false, true]) func junitIsXMLThatCountsWhatItHolds(passes: Bool) throws {
        let parser = XMLParser(data: Data(Check.junit(Self.checks, name: "s & t", passes).utf8))
        let reader = Reader()
        parser.delegate = reader
        #expect(parser.parse())
        func all(_ name: String) -> [[String: String]] { reader.elements.filter { $0.name == name }.map(\.attributes) }
        #expect(all("testsuites")[0]["name"] == "s & t" && all("testsuites")[0]["tests"] == "4")
        #expect(all("testsuites")[0]["failures"] == "1" && all("testsuites")[0]["errors"] == (passes ? "1" : "2"))
        #expect(all("testsuite").map { $0["name"] } == ["reuse", "start"] && all("testcase").count == 4)
        #expect(all("failure").map { $0["message"] } == ["100 % \"late\" & <slow>\nat last"])
        #expect(all("skipped").count == (passes ? 1 : 0))
        #expect(all("error").map { $0["message"] } == (passes ? ["counts disagree"] : ["too few", "counts disagree"]))
    }

    @Test(arguments: [true, false]) func aRunThatDidNotComeToItsEndIsNoSuccess(interrupted: Bool) throws {
        var result = Made.result([try Made.reuse()], interrupted: interrupted)
        result.endedAt = UTCTime(secondsSince1970: 1_800_000_000)
        #expect(Check.checks(of: result, []).map(\.status) == (interrupted ? [.broken] : []))
        result.interrupted = false
        result.endedEarly = InvalidReason(.connectionFailed, "all cells failed")
        let check = Check.checks(of: result, []).first
        #expect(check?.status == .broken && check?.message.contains("all cells failed") == true)
        (result.endedEarly, result.endedAt) = (nil, nil)
        #expect(Check.checks(of: result, []).map(\.status) == [.broken])
        (result.endedAt, result.experiments) = (UTCTime(secondsSince1970: 1_800_000_000), [])
        #expect(Check.checks(of: result, []).map(\.message) == ["nothing was measured"])
    }

    @Test func annotationsAreOneLineEach() {
        #expect(
            Check.annotations(Self.checks, file: "a,b.yaml", false) == """
                ::error file=a%2Cb.yaml,title=reuse%3A client%3A ack p99 <= 20 ms::100 %25 "late" & <slow>%0Aat last
                ::warning file=a%2Cb.yaml,title=start%3A latest::too few
                ::error file=a%2Cb.yaml,title=start%3A reset::counts\u{1} disagree

                """)
        #expect(Check.annotations(Self.checks, file: "a", true).contains("::notice file=a,title=start%3A latest::"))
    }
}
