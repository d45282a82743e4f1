extension Report {
    /// The columns that a table takes where nothing says how wide it may be.
    public static let defaultWidth = 120

    /// The report for a terminal or a plain text file; tables wider than `width` go on in a second block.
    public func console(width: Int = Report.defaultWidth, style: TextStyle = .unicode) -> String {
        ConsoleRenderer(width: width, style: style).text(self)
    }

    /// The report as GitHub-flavoured Markdown.
    public func markdown() -> String { MarkdownRenderer().text(self) }

    /// The report's figures as JSON, format `weir.report/1`: for each cell its axes and, by name, each figure with its
    /// unit and interval.
    public func json() -> String { JSONRenderer().text(self) }
}
