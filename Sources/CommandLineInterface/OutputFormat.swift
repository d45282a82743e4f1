import Glibc
import Names
import Reporting
import Results

/// How a result is printed.
enum OutputFormat: String, CaseIterable {
    case table, json, markdown

    /// What a command was told by `--format`.
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

    /// The result's tables for whoever reads a descriptor; `path` is the result's file.
    func text(of result: RunResult, path: String?, for descriptor: Int32 = STDOUT_FILENO) throws -> String {
        let report = try Report(result, path: path)
        switch self {
        case .json: return report.json()
        case .markdown: return report.markdown()
        case .table:
            let width = Terminal.textColumns(descriptor)
            return report.console(
                width: width ?? Report.defaultWidth, proseWidth: width, style: Terminal.writesUTF8 ? .unicode : .ascii)
        }
    }
}
