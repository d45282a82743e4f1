import Reporting

/// Lines and columns of text, for a terminal or for Markdown.
public struct TextTable: Sendable {
    /// What stands above.
    public var title: String
    /// The columns' titles.
    public var columns: [String]
    /// How many of the first columns are words, aligned to the left.
    public var wordColumns: Int
    /// The rows, each with an entry for every column.
    public var rows: [[String]] = []

    /// A table without rows.
    public init(_ title: String, columns: [String], wordColumns: Int) {
        self.title = title
        self.columns = columns
        self.wordColumns = wordColumns
    }

    /// The table for a terminal; a first entry that repeats the one above is left out.
    public var console: String {
        let shown = rows.enumerated().map { index, row -> [String] in
            guard index > 0, row[0] == rows[index - 1][0] else { return row }
            return [""] + row.dropFirst()
        }
        let widths = columns.indices.map { column in
            ([columns] + shown).map { TextStyle.width($0[column]) }.max() ?? 0
        }
        let lines = ([columns] + shown).map { row in
            var line = row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: max(0, widths[column] - TextStyle.width(text)))
                return column < wordColumns ? text + padding : padding + text
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }
        return "\(title)\n\(lines.joined())"
    }

    /// The table as GitHub-flavoured Markdown.
    public var markdown: String {
        let rule = columns.indices.map { $0 < wordColumns ? ":--" : "--:" }
        let lines = ([columns, rule] + rows).map { row in
            "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        return "### \(title)\n\n\(lines.joined())"
    }
}
