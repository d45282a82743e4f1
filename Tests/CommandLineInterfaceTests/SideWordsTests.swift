import Testing

@testable import CommandLineInterface

/// What the command line says of a gate.
@Suite struct SideWordsTests {
    @Test func aSideIsSeveralThingsTogether() throws {
        let side = try SideWords(["weir=a/weir", "set=linger.ms=5", "set=acks=1", "target=h:1"], name: "baseline")
        #expect(side.weir == "a/weir" && side.target == "h:1" && side.sets == ["linger.ms=5", "acks=1"])
        #expect(try SideWords([], name: "baseline").sets == [])
    }

    @Test(arguments: [
        (["a/weir"], "write weir=PATH"), (["wier=a"], "did you mean weir=?"), (["weir="], "is no side"),
        (["weir=a", "weir=b"], "says weir twice"), (["client=java"], "not there yet"), (["set"], "is no side"),
    ]) func saysWhatIsNone(said: [String], words: String) {
        let error = #expect(throws: UsageError.self) { try SideWords(said, name: "candidate") }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    private func arguments(_ text: String) -> ParsedArguments {
        ParsedArguments(operands: [], values: ["budget": [text], "margin": [text]])
    }

    @Test(arguments: [("10 min", 600.0), ("90 s", 90), ("1.5 h", 5400), ("10min", 600)])
    func readsATime(text: String, seconds: Double) throws {
        #expect(try Amounts.duration("budget", arguments(text), of: "gate") == UInt64(seconds * 1e9))
    }

    @Test(arguments: ["10", "min", "-1 s", "0 s", "1e3 s", "nan s", "10 m", "9999 h", ""])
    func aTimeThatIsNoneIsNamed(text: String) {
        let error = #expect(throws: UsageError.self) { try Amounts.duration("budget", arguments(text), of: "gate") }
        #expect(error?.message.contains("write one like '10 min'") == true)
    }

    @Test(arguments: ["3", "0 %", "%", "nan %", "x %", "1000 %"]) func aShareThatIsNoneIsNamed(text: String) {
        #expect(throws: UsageError.self) { try Amounts.share("margin", arguments(text), of: "gate") }
    }

    @Test func readsAShare() throws {
        #expect(try Amounts.share("margin", arguments("3 %"), of: "gate") == 0.03)
        #expect(try Amounts.share("other", arguments("3 %"), of: "gate") == nil)
    }
}
