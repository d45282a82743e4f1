import Foundation
import Measurement
import Results
import Testing

@Suite struct DamagedResultTests {
    /// A change to the JSON, and what the error must say.
    struct Damage: Sendable, CustomTestStringConvertible {
        let from: String
        let to: String
        let complaint: String

        var testDescription: String { complaint }
    }

    @Test(arguments: [
        Damage(
            from: #""seed" : 9007199254740991"#, to: #""seed" : -1"#, complaint: "damaged at seed: -1 is not a whole"),
        Damage(from: #""seed" : 9007199254740991"#, to: #""seed" : "x""#, complaint: "seed: not a whole number"),
        Damage(from: #""seed" : 9007199254740991,"#, to: "", complaint: "damaged at seed: missing"),
        Damage(from: #""round" : 1"#, to: #""round" : 0"#, complaint: "experiments[0].cells[0].repeats[0].round: 0 is"),
        Damage(
            from: #""acknowledged" : [1, 2"#, to: #""acknowledged" : [1, []"#, complaint: "perSecond.acknowledged[1]"),
        Damage(from: #""attempted" : 11"#, to: #""attempted" : -11"#, complaint: "counts.attempted: below 0"),
        Damage(
            from: #""attempted" : 11"#, to: #""attempted" : 1e400"#,
            complaint: "it is not JSON: Number 1e400 is not representable"),
        Damage(
            from: #""attempted" : 11"#, to: #""attempted" : 1.5"#,
            complaint: "damaged at experiments[0].cells[0].repeats[0].counts.attempted: 1.5 is not"),
        Damage(from: "[10, null, 30, 40]", to: "[10, null, 30, -4]", complaint: "reachedAtNs[0][3]: -4 is not a whole"),
        Damage(from: #""Metadata" : 1"#, to: #""Metadata" : 1.5"#, complaint: "traffic.requestsByApi.Metadata: 1.5"),
        Damage(from: #""code" : "counts disagree""#, to: #""code" : "?""#, complaint: "invalidReasons[0].code"),
        Damage(from: #""broker" : "theirs""#, to: #""broker" : "ours""#, complaint: "cells[1].broker: 'ours' is none"),
        Damage(
            from: #""name" : "recreate""#, to: #""name" : "codec""#,
            complaint: "experiments[0].baseline: 'codec' is none"),
        Damage(
            from: "\"value\" : \"client: 1 record\"\n            }",
            to: "\"value\" : \"\"}, {\"name\": \"n\", \"value\": \"\"}",
            complaint: "experiments[0].cells[1].axes: not the axes of the experiment, recreate"),
        Damage(
            from: #""plannedRepeats" : 2"#, to: #""plannedRepeats" : 0"#,
            complaint: "experiments[0].cells[1].endedEarly: it has all its 0 repeats"),
        Damage(from: "[10, null, 30, 40]", to: "[10, null, 30]", complaint: "starts.reachedAtNs[0]: 3 times for 4"),
        Damage(from: "[10, null, 30, 40]", to: "[10, null, 9, 40]", complaint: "before the one it follows"),
        Damage(
            from: #""observed" : [5, null]"#, to: #""observed" : [5]"#,
            complaint: "starts.partitions[0]: not as many entries in observed as in demanded"),
        Damage(
            from: #""committed" : [99, 6]"#, to: #""committed" : [99]"#,
            complaint: "starts.partitions[1]: not as many entries in observed as in committed"),
        Damage(
            from: #""logEnd" : [9, 9]"#, to: #""logEnd" : [9, 1]"#,
            complaint: "starts.partitions[0].logEnd[1]: a log that ends before it starts"),
        Damage(from: #""count" : 77"#, to: #""count" : 0"#, complaint: "starts.refusals[0].count: below 1"),
        Damage(from: #""p99Ns" : 3000319"#, to: #""p99Ns" : 1"#, complaint: "latencies[0]: the summary is not that"),
        Damage(from: #""histogram" : "HIST"#, to: #""histogram" : "HISS"#, complaint: "latencies[0]: histogram: not"),
        Damage(from: #""kind" : "first record""#, to: #""kind" : "ready""#, complaint: "a kind stands twice"),
        Damage(from: #""startedAt" : "2027"#, to: #""startedAt" : "2o27"#, complaint: "is not a time"),
        Damage(
            from: #""Metadata" : 1"#, to: #""Metadata" : 9223372036854775807"#,
            complaint: "traffic.requestsByApi.Metadata: more than anything counts to"),
        Damage(
            from: #""plannedRepeats" : 2"#, to: #""plannedRepeats" : 9223372036854775807"#,
            complaint: "experiments[0].plannedRepeats: not from 0"),
        Damage(
            from: #""bound" : 20000000"#, to: #""bound" : -1"#, complaint: "cells[0].expectations[0].bound: below 0"),
        Damage(
            from: #""invalidShareMax" : 0.2"#, to: #""invalidShareMax" : 7"#,
            complaint: "cells[0].invalidShareMax: no share"),
        Damage(from: #""format" : "weir.result/1""#, to: #""format" : "weir.result/2""#, complaint: "'weir.result/2'"),
        Damage(from: #""format" : "weir.result/1","#, to: "", complaint: #"not a result of weir: it has no "format""#),
        Damage(from: #""labels" : {"#, to: #""labels" : {{"#, complaint: "not a result of weir: "),
    ])
    func namesThePlace(damage: Damage) throws {
        let json = String(decoding: try Complete.result().json(), as: UTF8.self)
        let place = try #require(json.range(of: damage.from))
        let damaged = Array(json.replacingCharacters(in: place, with: damage.to).utf8)
        let error = #expect(throws: ResultFileError.self) { try RunResult(json: damaged, path: "some.json") }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("some.json: ") && text.contains(damage.complaint), "\(text)")
    }

    @Test(arguments: ["", "{}", "[]", "null", "weir: 1\n", "\u{0}", String(repeating: "[", count: 100_000)])
    func refusesWhatIsNoResult(text: String) {
        let error = #expect(throws: ResultFileError.self) { try RunResult(json: Array(text.utf8), path: "x") }
        guard case .notAResult? = error?.code else {
            Issue.record("\(error.map(\.description) ?? "nothing")")
            return
        }
    }

    @Test func refusesEveryTruncation() throws {
        let json = try Complete.result().json()
        for length in stride(from: 0, to: json.count - 2, by: 97) {
            #expect(throws: ResultFileError.self) { try RunResult(json: Array(json[..<length]), path: "x") }
        }
    }
}
