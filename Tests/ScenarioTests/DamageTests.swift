import Foundation
import Testing

@testable import Scenario

/// Files that are cut short, twisted or far too large: errors with a place, never a crash or a long
/// wait.
@Suite struct DamageTests {
    @Test(arguments: [Examples.producerReuse, Examples.startLatency])
    func everyTruncationIsAnErrorOrAScenario(text: String) {
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            expectAnswer(Array(bytes.prefix(length)))
        }
    }

    @Test(arguments: ShippedScenariosTests.names)
    func shippedFilesWithCharactersTakenOutOrPutIn(name: String) throws {
        let bytes = Array(try ShippedScenariosTests.text(name).utf8)
        var generator = Generator(state: UInt64(name.utf8.count) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let alphabet = Array("{}[]:,-#&*!|>'\"%@`\t\n\r ~?ab0\u{0}\u{FF}".utf8)
        for _ in 0..<400 {
            var twisted = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<twisted.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: twisted.remove(at: place)
                case 1: twisted[place] = alphabet.randomElement(using: &generator) ?? 0
                default: twisted.insert(alphabet.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            expectAnswer(twisted)
        }
    }

    @Test(arguments: ShippedScenariosTests.names)
    func shippedFilesWithWholeLinesTakenOutOrTwice(name: String) throws {
        let lines = try ShippedScenariosTests.text(name).split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            var without = lines
            without.remove(at: index)
            expectAnswer(Array(without.joined(separator: "\n").utf8))
            var twice = lines
            twice.insert(lines[index], at: index)
            expectAnswer(Array(twice.joined(separator: "\n").utf8))
        }
    }

    private func expectAnswer(_ bytes: [UInt8]) {
        do {
            let scenario = try Scenario.load(bytes: bytes, path: "f", overrides: [], only: [], bootstrapServers: nil)
            #expect(scenario.experiments.allSatisfy { !$0.cells.isEmpty })
        } catch {
            #expect(!error.problems.isEmpty)
            #expect(error.problems.allSatisfy { ($0.line ?? 0) > 0 && ($0.column ?? 0) > 0 && !$0.message.isEmpty })
        }
    }

    @Test func aHugeFileIsRefusedBeforeItIsRead() throws {
        let text = Examples.producerReuse + String(repeating: "# \(String(repeating: "x", count: 100))\n", count: 3_000)
        #expect(problems(text) == ["f: longer than the 256 KiB that a file of this kind may have"])
        let path = NSTemporaryDirectory() + "weir-huge-\(UUID().uuidString).yaml"
        try Data(count: 3 << 20).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // a leftover of a test harms nothing
        let errors = #expect(throws: ScenarioErrors.self) { try Scenario.load(path: path) }
        #expect(errors?.description == "\(path): longer than the 256 KiB that a file of this kind may have")
        #expect(throws: ScenarioErrors.self) { try Scenario.load(path: "/dev/zero") }
    }

    @Test func whatCannotBeReadIsSaid() {
        let errors = #expect(throws: ScenarioErrors.self) { try Scenario.load(path: "/nowhere/x.yaml") }
        #expect(errors?.description == "/nowhere/x.yaml: cannot be read: No such file or directory")
        let folder = #expect(throws: ScenarioErrors.self) { try Scenario.load(path: "/") }
        #expect(folder?.description == "/: cannot be read: Is a directory")
    }

    @Test func aLongFileOfMistakesIsAnsweredInGoodTime() {
        let lines = (0..<6_000).map { "  e\($0): {prodce: {}, a: {b: {c: [1, 2, 3]}}}" }
        let clock = ContinuousClock()
        let begin = clock.now
        #expect(problems("weir: 1\nname: t\nexperiments:\n" + lines.joined(separator: "\n")).count == 1)
        let hundred = lines.prefix(100).joined(separator: "\n")
        #expect(problems("weir: 1\nname: t\nexperiments:\n" + hundred).count == 200)
        #expect(clock.now - begin < .seconds(20))
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
