/// Writes a report as GitHub-flavoured Markdown.
struct MarkdownRenderer {
    private let style = TextStyle.unicode

    func text(_ report: Report) -> String {
        var lines = ["# \(escaped(report.heading[0]))", ""]
        let facts = report.heading.dropFirst().map(escaped)
        lines += facts.dropLast().map { $0 + "  " } + facts.suffix(1)
        for section in report.sections {
            lines += ["", "## \(escaped(section.heading))"]
            for table in section.tables {
                lines.append("")
                if !table.caption.isEmpty { lines += [escaped(table.caption), ""] }
                lines += self.lines(table)
            }
            if !section.notes.isEmpty { lines += [""] + section.notes.map { "- \(escaped($0))" } }
        }
        if let table = report.expectations { lines += ["", escaped(table.caption), ""] + self.lines(table) }
        if let table = report.choices { lines += ["", escaped(table.caption), ""] + self.lines(table) }
        if !report.legend.isEmpty { lines += [""] + [report.legend.map(escaped).joined(separator: " ")] }
        lines += ["", "**\(escaped(report.verdictLine))**"]
        if let path = report.path { lines += ["", "Result: `\(style.clean(path))`"] }
        return lines.map { $0 + "\n" }.joined()
    }

    func lines(_ table: Table) -> [String] {
        let titles = table.columns.map { escaped($0.fullTitle) }
        let rules = table.columns.map { $0.isText ? ":--" : "--:" }
        let rows = table.rows.map { row in row.map { escaped($0.text) } }
        return ([titles, rules] + rows).map { "| \($0.joined(separator: " | ")) |" }
    }

    /// A text that Markdown prints as it is.
    func escaped(_ text: String) -> String {
        style.clean(text).map { character in
            "\\`*_{}[]<>#|".contains(character) ? "\\\(character)" : String(character)
        }.joined()
    }
}
