import Testing

@testable import Scenario

/// YAML as scenarios have it, and what of it they do without.
@Suite struct YAMLReaderTests {
    private func read(_ text: String) -> (node: Node?, errors: [String]) {
        var problems = Problems(sources: ["f"])
        let node = YAMLReader.read(Array(text.utf8), source: 0, problems: &problems)
        return (node, problems.thrown?.problems.map(\.description) ?? [])
    }

    @Test func placesCountFromOneInCharacters() throws {
        let (node, errors) = read("ä: {ö: ü, b: [1, 2]}\n")
        #expect(errors.isEmpty)
        let entry = try #require(node?.entries?.first)
        #expect(entry.keyMark == Mark(source: 0, line: 1, column: 1))
        #expect(entry.value["b"]?.items?[1].mark == Mark(source: 0, line: 1, column: 18))
    }

    @Test(arguments: [
        ("a: &x 1", "f:1:4: anchor '&x': write the value where it is used"),
        ("a: *x", "f:1:4: alias '*x': write the value where it is used"),
        ("a: !!str 1", "f:1:4: tag 'tag:yaml.org,2002:str': a scenario has no tags"),
        ("a: !mine {b: 1}", "f:1:4: tag '!mine': a scenario has no tags"),
        ("a: 1\n---\nb: 2", "f:2:1: a second document: a scenario file holds one"),
        ("a: 1\nb: 2\na: 3", "f:3:1: 'a' stands here twice (first in line 1)"),
        ("{a: 1, a: 2}", "f:1:8: 'a' stands here twice (first in line 1)"),
        ("? [a, b]\n: 1", "f:1:3: a key must be plain text"),
        ("a:\n\tb: 1", "f:2:1: a tab indents this line: YAML indents by spaces"),
    ])
    func whatScenariosDoWithoutIsNamedWithItsPlace(text: String, message: String) {
        #expect(read(text).errors == [message])
    }

    @Test(arguments: [
        "a: [1, 2", "a: {b: 1", "a: \"b", "a: 'b", "- a\nb: 1", "a: b: c", "a: @b", "{a: 1}}", "%YAML 3.0\n---\na: 1",
    ])
    func whatIsNotYAMLIsAnErrorWithItsPlace(text: String) {
        let (_, errors) = read(text)
        #expect(errors.count == 1)
        #expect(errors[0].hasPrefix("f:"))
        #expect(errors[0].contains(": YAML: "))
    }

    @Test func bytesThatAreNotUTF8AreAnErrorWithTheirPlace() {
        var problems = Problems(sources: ["f"])
        let node = YAMLReader.read(Array("a: 1\nbä: ".utf8) + [0xFF, 0xFE, 0x0A], source: 0, problems: &problems)
        #expect(node == nil)
        #expect(problems.thrown?.description.hasPrefix("f:2:5: not UTF-8 text") == true)
    }

    @Test func sixteenBitTextIsAnError() {
        let bytes: [UInt8] = [0xFF, 0xFE] + "weir: 1".utf8.flatMap { [$0, UInt8(0)] }
        var problems = Problems(sources: ["f"])
        #expect(YAMLReader.read(bytes, source: 0, problems: &problems) == nil)
        #expect(problems.errors.count == 1)
    }

    @Test func aByteOrderMarkAndCarriageReturnsMakeNoDifference() throws {
        let text = Examples.producerReuse
        let plain = try Scenario.load(text: text)
        let marked = try Scenario.load(text: "\u{FEFF}" + text.replacing("\n", with: "\r\n"))
        #expect(plain.experiments == marked.experiments)
    }

    @Test func depthIsBounded() {
        let depth = YAMLReader.depthMax
        #expect(read(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).errors.isEmpty)
        let (node, errors) = read(String(repeating: "[", count: depth + 1))
        #expect(node == nil)
        #expect(errors == ["f:1:\(depth + 1): nested more than \(depth) deep"])
        #expect(read(String(repeating: "[", count: 200_000)).errors.count == 1)
        #expect(read(String(repeating: "{a: ", count: 60_000)).errors.count == 1)
        #expect(read(String(repeating: "- ", count: 100_000)).errors.count == 1)
    }

    @Test func theNumberOfValuesIsBounded() {
        let (node, errors) = read("[" + String(repeating: "1,", count: YAMLReader.nodeCountMax) + "1]")
        #expect(node == nil)
        #expect(errors.count == 1)
        #expect(errors[0].hasSuffix("more than \(YAMLReader.nodeCountMax) values"))
    }

    @Test func anAliasBombIsRefusedAtItsAnchors() {
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
        #expect(read(bomb).errors.count == 9)
    }

    @Test func mistakesAreKeptUpToABound() {
        let (_, errors) = read((0..<500).map { "a\($0): &x 1" }.joined(separator: "\n"))
        #expect(errors.count == Problems.countMax + 1)
        #expect(errors.last == "f: and 300 more")
    }
}
