import Glibc
import Names
import Reporting
import Results

/// How a result is printed.
enum OutputFormat: String, CaseIterable {
    case table, json, markdown, junit, github

    /// The value of `--format`.
    init(_ arguments: ParsedArguments, of command: String) throws(UsageError) {
        let text = arguments.last("format") ?? Self.table.rawValue
        guard let format = Self(rawValue: text) else {
            let names = Self.allCases.map(\.rawValue)
            let hint = NearestName.find(text, among: names).map { " (did you mean '\($0)'?)" } ?? ""
            throw UsageError(
                message: "\(command): --format '\(text)' is none of \(names.joined(separator: ", "))\(hint)")
        }
        self = format
    }

    /// The result's tables for a descriptor; `outcomes` is what became of its expectations, `path`
    /// its file.
    func text(
        of result: RunResult, _ outcomes: [ExpectationOutcome], path: String?, _ inconclusive: InconclusiveAs,
        for descriptor: Int32 = STDOUT_FILENO
    ) throws -> String {
        let report = try Report(result, path: path, outcomes: outcomes)
        switch self {
        case .json: return report.json()
        case .markdown: return report.markdown()
        case .junit:
            return Check.junit(Check.checks(of: result, outcomes), name: result.scenario.name, inconclusive == .pass)
        case .github:
            return Check.annotations(
                Check.checks(of: result, outcomes), file: result.scenario.path, inconclusive == .pass)
        case .table:
            return Self.table(for: descriptor, report.console)
        }
    }

    /// Tables as a descriptor takes them: as wide as its terminal, in the letters that it has.
    static func table(
        for descriptor: Int32, _ write: (_ width: Int, _ proseWidth: Int?, _ style: TextStyle) -> String
    ) -> String {
        let width = Terminal.textColumns(descriptor)
        return write(width ?? Report.defaultWidth, width, Terminal.writesUTF8 ? .unicode : .ascii)
    }
}

/// What a script is told where it cannot be told whether something holds.
enum InconclusiveAs: String {
    /// Exit 4.
    case itself = ""
    /// As if it held.
    case pass
    /// As if it did not.
    case fail

    /// What a command was told by `--inconclusive`.
    init(_ arguments: ParsedArguments, of command: String) throws(UsageError) {
        let text = arguments.last("inconclusive") ?? ""
        guard let choice = Self(rawValue: text), text.isEmpty != arguments.has("inconclusive") else {
            throw UsageError(message: "\(command): --inconclusive '\(text)' is none of pass, fail")
        }
        self = choice
    }

    /// The exit code.
    var exitCode: Int32 {
        switch self {
        case .itself: ExitCode.inconclusive
        case .pass: ExitCode.valid
        case .fail: ExitCode.notMet
        }
    }
}
