import Testing

@testable import CommandLineInterface

@Suite struct ArgumentParserTests {
    @Test func optionsMayStandBeforeAndAfterTheOperand() throws {
        let before = try runCommand.parse(["--set", "acks=1", "--set=linger.ms=5", "a.yaml"])
        let after = try runCommand.parse(["a.yaml", "--set", "acks=1", "--set", "linger.ms=5"])
        #expect(before == after)
        #expect(before.all("set") == ["acks=1", "linger.ms=5"])
        #expect(before.operands == ["a.yaml"])
    }

    @Test func anUnknownOptionNamesTheNearest() {
        #expect(
            throws: UsageError(message: "run: unknown option '--labell' (did you mean --label?)\n\(runCommand.usage)")
        ) {
            try runCommand.parse(["a.yaml", "--labell", "x"])
        }
    }

    @Test(arguments: [
        (["--port"], "broker: --port wants PORT"),
        (["--port", "--host"], "broker: --port wants PORT"),
        (["--port", "1", "--port", "2"], "broker: --port is given twice"),
    ])
    func aValueThatIsMissingOrTwiceIsSaid(words: [String], message: String) {
        #expect(throws: UsageError(message: message)) { try brokerCommand.parse(words) }
    }

    @Test func aFlagTakesNoValue() {
        #expect(throws: UsageError(message: "validate: --resolved takes no value")) {
            try validateCommand.parse(["a.yaml", "--resolved=yes"])
        }
    }

    @Test func aMissingOrExtraOperandIsSaid() {
        #expect(throws: UsageError(message: "run: SCENARIO is missing\n\(runCommand.usage)")) {
            try runCommand.parse([])
        }
        #expect(throws: UsageError(message: "run: unexpected 'b.yaml'\n\(runCommand.usage)")) {
            try runCommand.parse(["a.yaml", "b.yaml"])
        }
    }

    @Test func whatFollowsTwoDashesIsAnOperand() throws {
        #expect(try runCommand.parse(["--", "--odd.yaml"]).operands == ["--odd.yaml"])
    }

    @Test func everyCommandShowsExamplesAndEveryOption() {
        for command in commandTable {
            #expect(!command.examples.isEmpty)
            for width in [20, 40, 80, 120] {
                let help = command.help(width: width)
                for option in command.options { #expect(help.contains("--\(option.name)")) }
                // What is to be copied stays whole, and so does a word.
                for line in help.split(separator: "\n")
                where line.contains(" ") && !line.contains("weir \(command.name)") {
                    #expect(line.count <= width || line.split(separator: " ").count <= 2, "\(width): \(line)")
                }
            }
        }
    }

    @Test(arguments: [20, 60, 80, 120])
    func theHelpOfAllKeepsToTheWidth(width: Int) {
        let help = programHelp(commandTable, width: width)
        for line in help.split(separator: "\n") where !line.contains("weir run") && !line.hasPrefix("usage:") {
            #expect(line.count <= width || line.split(separator: " ").count <= 2, "\(line)")
        }
    }
}
