/// Something about a scenario file, and where.
public struct ScenarioProblem: Error, Sendable, Codable, Equatable, Hashable, CustomStringConvertible {
    /// The file, or the override (`--set PATH`) it stands in.
    public var source: String
    /// The line from 1; none where no line can be named.
    public var line: Int?
    /// The column from 1, in characters.
    public var column: Int?
    /// What stands there and what could.
    public var message: String

    /// `file:line:column: message`.
    public var description: String {
        guard let line, let column else { return "\(source): \(message)" }
        return "\(source):\(line):\(column): \(message)"
    }
}

/// Everything wrong with a scenario, in the order of its places; never empty.
public struct ScenarioErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public let problems: [ScenarioProblem]

    /// One line for each.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
