extension Report {
    /// The columns that a table takes where nothing says how wide it may be.
    public static let defaultWidth = 120

    /// The report for a terminal or a plain text file; tables wider than `width` go on in a second
    /// block.
    ///
    /// Sentences are parted where a terminal's width is given, and stay lines of their own without.
    public func console(
        width: Int = Report.defaultWidth, proseWidth: Int? = nil, style: TextStyle = .unicode
    ) -> String {
        ConsoleRenderer(width: width, proseWidth: proseWidth, style: style).text(self)
    }

    /// The report as GitHub-flavoured Markdown.
    public func markdown() -> String { MarkdownRenderer().text(self) }

    /// The report's figures as JSON, format `weir.report/1`: for each cell its axes and, by name,
    /// each figure.
    ///
    /// A figure is null, a number, a text, or `{value, unit}`, with `low` and `high` where it has
    /// an interval, `isLowerBound`, `of` for what a ratio is of, and `disagreeingRepeats`, the
    /// figure of each repeat, where no one value stands for them. The sentences below the tables
    /// stand in `notes` and `legend`.
    public func json() -> String { JSONRenderer().text(self) }
}
