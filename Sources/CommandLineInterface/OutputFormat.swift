import Glibc
import Reporting
import Results

/// How a result is printed.
enum OutputFormat: String, CaseIterable {
    case table, json, markdown

    init(_ arguments: ParsedArguments) throws(UsageError) {
        let text = arguments.last("format") ?? Self.table.rawValue
        guard let format = Self(rawValue: text) else {
            let names = Self.allCases.map(\.rawValue)
            let hint = nearest(to: text, in: names).map { " (did you mean '\($0)'?)" } ?? ""
            throw UsageError(message: "--format '\(text)' is none of \(names.joined(separator: ", "))\(hint)")
        }
        self = format
    }

    func text(of result: RunResult, path: String?) throws -> String {
        switch self {
        case .json: String(decoding: try result.json(), as: UTF8.self) + "\n"
        case .table, .markdown: "\(result.verdict)\n"
        }
    }
}
