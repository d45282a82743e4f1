import Foundation
import JSONSchemaChecker
import Measurement
import Testing

@testable import Results

@Suite struct GateFileTests {
    private static let gate = MadeGate.result(
        [MadeGate.row("recordsPerSecond"), MadeGate.row("sendsPerRequest", isCounted: true)], [[0, 0], [0.1, 0]])

    private static func object() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(gate.json())) as? [String: Any])
    }

    @Test func readsWhatItWrote() throws {
        #expect(try GateResult(json: Self.gate.json(), path: "g") == Self.gate)
        let error = #expect(throws: ResultFileError.self) { try RunResult(json: Self.gate.json(), path: "g") }
        #expect(error?.isAboutGate == true)
    }

    @Test func theSchemaDescribesEveryProperty() throws {
        let checker = try SchemaChecker(GateResult.jsonSchema)
        let object = try Self.object()
        #expect(checker.problems(of: object) == [])
        #expect(checker.unseenProperties(in: object) == [])
    }

    @Test(arguments: [
        ("format", "weir.gate/2" as any Sendable, "its format is 'weir.gate/2'"), ("pairs", 5, "damaged at pairs"),
        ("sides", [String](), "damaged at sides"), ("rows", [String](), "damaged at pairs[0].figures"),
        ("seed", -1, "seed"),
    ]) func damageIsNamed(key: String, value: any Sendable, words: String) throws {
        var object = try Self.object()
        object[key] = value
        let json = try JSONSerialization.data(withJSONObject: object)
        let error = #expect(throws: ResultFileError.self) { try GateResult(json: Array(json), path: "g.json") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    /// Each of these ended the program where it was shown.
    @Test(arguments: [
        (#""sliceCount" : 20,"#, #""sliceCount" : 9000000000000000000,"#, "plan.sliceCount"),
        (#""durationNs" : 10000000000"#, #""durationNs" : 18446744073709551615"#, "pairs[0]: longer than"),
        (#""baselineStandstills" : 0"#, #""baselineStandstills" : -1"#, "pairs[0]: no number of standstills"),
        (#""logRatio" : 0,"#, #""logRatio" : 1e308,"#, "pairs[0].figures[0]: a figure that no pair can have"),
        (#""baseline" : 1000"#, #""baseline" : -1"#, "pairs[0].figures[0]"),
    ]) func numbersThatNoGateHasAreNamed(from: String, to: String, words: String) throws {
        let json = String(decoding: try Self.gate.json(), as: UTF8.self)
        // The plan's own number of slices stands last of them.
        let place = try #require(json.range(of: from, options: from.contains("sliceCount") ? .backwards : []))
        let damaged = Array(json.replacingCharacters(in: place, with: to).utf8)
        let error = #expect(throws: ResultFileError.self) { try GateResult(json: damaged, path: "g.json") }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func aFileBeingWrittenIsNone() throws {
        let half = Array(try Self.gate.json().prefix(300))
        #expect(throws: ResultFileError.self) { try GateResult(json: half, path: "g.json") }
        #expect(throws: ResultFileError.self) { try GateResult(json: [], path: "g.json") }
    }

    @Test func theNewestCalibrationOfThisHostIsFound() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(GateResult.newestCalibration(of: MadeGate.host, in: folder) == nil)
        func write(_ name: String, _ change: (inout GateResult) -> Void) throws {
            var made = MadeGate.result([MadeGate.row("recordsPerSecond")], [[0], [0.1]], purpose: .calibration)
            change(&made)
            _ = try GateWriter(path: "\(folder)/\(name).json", initial: made)
        }
        try write("a") { _ in }
        try write("b") { $0.startedAt = UTCTime(secondsSince1970: 1_800_000_900) }
        try write("c") { ($0.startedAt, $0.scenario.name) = (UTCTime(secondsSince1970: 1_800_001_000), "other") }
        try write("d") { ($0.startedAt, $0.host.name) = (UTCTime(secondsSince1970: 1_800_002_000), "elsewhere") }
        try write("e") { ($0.startedAt, $0.purpose) = (UTCTime(secondsSince1970: 1_800_002_000), .gate) }
        try Data("no".utf8).write(to: URL(fileURLWithPath: "\(folder)/f.json"))
        #expect(GateResult.newestCalibration(of: MadeGate.host, in: folder)?.path == "\(folder)/c.json")
        #expect(
            GateResult.newestCalibration(of: MadeGate.host, scenario: "made", in: folder)?.path == "\(folder)/b.json")
    }
}
