public import Measurement

/// Draws waterfalls as bars for a terminal: a line for each gap, from the beginning on the left to
/// the mean of the whole on the right.
public struct WaterfallText: Sendable {
    private let width: Int
    private let style: TextStyle
    private let marks: [String]

    /// Bars of at most `width` columns, in Unicode or in ASCII.
    public init(width: Int = 40, isUnicode: Bool = true) {
        self.width = max(width, 10)
        style = isUnicode ? .unicode : .ascii
        marks = isUnicode ? ["█", "▒", "░"] : ["#", "=", "."]
    }

    /// What the marks mean.
    public var legend: String {
        zip(marks, Waterfall.Cause.allCases).map { "\($0) \($1.rawValue)" }.joined(separator: "  ")
    }

    /// The lines of a summary under its name, such as `cold` or `warm`.
    public func lines(_ name: String, _ summary: WaterfallSummary) -> [String] {
        guard summary.count > 0, summary.meanNs > 0 else { return ["\(style.clean(name)): nothing was measured"] }
        let titles = summary.gaps.map { style.clean($0.title) }
        let titleWidth = min(titles.map(TextStyle.width).max() ?? 0, 40)
        var atNs = 0.0
        let head = "\(style.clean(name)): \(summary.count) in \(time(summary.meanNs)) on average"
        return [head]
            + zip(summary.gaps, titles).map { gap, title in
                let (first, last) = (place(atNs, summary), place(atNs + gap.meanNs, summary))
                atNs += gap.meanNs
                let bar = String(repeating: mark(gap.cause), count: max(last - first, 1))
                let drawn = String(repeating: " ", count: min(first, width - 1)) + bar
                let p99 = gap.p99Ns.map { ", p99 \(time(Double($0)))" } ?? ""
                let share = gap.count < summary.count ? " (\(gap.count) of \(summary.count))" : ""
                return
                    "  \(padded(title, titleWidth))  \(padded(drawn, width))  \(time(Double(gap.medianNs)))\(p99)\(share)"
            }
    }

    private func place(_ ns: Double, _ summary: WaterfallSummary) -> Int {
        Int((ns / summary.meanNs * Double(width)).rounded())
    }

    private func mark(_ cause: Waterfall.Cause) -> String {
        switch cause {
        case .client: marks[0]
        case .exchange: marks[1]
        case .brokerWait: marks[2]
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - TextStyle.width(text)))
    }

    private func time(_ ns: Double) -> String { style.clean(TimeText.latency(ns: ns)) }
}
