/// One option of a command, as it is parsed, explained and corrected.
struct OptionSpecification: Sendable {
    /// The long name without its dashes.
    let name: String
    /// What stands for its value in the help; nil where it takes none.
    let value: String?
    /// One line of help.
    let help: String
    /// Whether it may be given more than once.
    let repeats: Bool

    init(_ name: String, value: String? = nil, repeats: Bool = false, _ help: String) {
        self.name = name
        self.value = value
        self.help = help
        self.repeats = repeats
    }
}

/// One subcommand: its words, its options and its examples, from which parsing and help both come.
struct CommandSpecification: Sendable {
    let name: String
    let summary: String
    /// The operands as the usage line shows them, such as `SCENARIO`.
    let operands: [String]
    let options: [OptionSpecification]
    /// A command line, and an explanation.
    let examples: [(line: String, does: String)]
    /// What more there is to say, after the options.
    var notes: String = ""
    /// Whether the program's help leaves it out, as it is for Weir itself.
    var isHidden = false
    /// Does it, and says how the program ends.
    let run: @Sendable (ParsedArguments) async throws(UsageError) -> Int32
}

/// What a command line said.
struct ParsedArguments: Equatable {
    var operands: [String] = []
    var values: [String: [String]] = [:]

    func last(_ name: String) -> String? { values[name]?.last }
    func all(_ name: String) -> [String] { values[name] ?? [] }
    func has(_ name: String) -> Bool { values[name] != nil }
}

/// A command line that cannot be understood, in words for its user.
struct UsageError: Error, Equatable, CustomStringConvertible {
    let message: String

    var description: String { message }
}
