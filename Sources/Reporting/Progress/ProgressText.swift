/// How far a run has come, as one line.
public struct ProgressText: Sendable, Equatable {
    /// The experiment that runs.
    public var experiment: String
    /// The cell that runs, by its place on each axis; empty where there is only one.
    public var cell: String
    /// The round that runs, from 1.
    public var round: Int
    /// How many rounds there are.
    public var roundCount: Int
    /// The repeat's number in the whole run, from 1.
    public var number: Int
    /// How many repeats the whole run has.
    public var repeatCount: Int
    /// How long the run has lasted.
    public var elapsedNs: UInt64
    /// How long it is expected to last from now; nil where that is unknown.
    public var leftNs: UInt64?
    /// The present rate; nil while there is none.
    public var perSecond: Double?

    /// A state of a run.
    public init(
        experiment: String, cell: String, round: Int, roundCount: Int, number: Int, repeatCount: Int,
        elapsedNs: UInt64, leftNs: UInt64? = nil, perSecond: Double? = nil
    ) {
        self.experiment = experiment
        self.cell = cell
        self.round = round
        self.roundCount = roundCount
        self.number = number
        self.repeatCount = repeatCount
        self.elapsedNs = elapsedNs
        self.leftNs = leftNs
        self.perSecond = perSecond
    }

    /// What takes a moving line off a terminal, before anything else is written there.
    public static let erasure = "\r\u{1b}[2K"

    /// The moving line: to be written over the one before, without a line's end; it leaves the last
    /// column free, as some terminals wrap there.
    ///
    /// Where there is no room for all of it, the elapsed time is left out first, then the round and
    /// a part of the name, then the rate. The time that is left stays longest.
    public func movingLine(width: Int, style: TextStyle = .unicode) -> String {
        let round = ", round \(self.round)/\(roundCount)"
        let elapsed = ", \(duration(elapsedNs)) elapsed"
        let rate = perSecond.map { ", \(NumberText.significant($0))/s" } ?? ""
        let room = max(width - 1, 0)
        for (tail, nameWidthMin) in [
            (round + elapsed + left + rate, Int.max), (round + left + rate, Int.max), (left + rate, 8), (left, 8),
        ] {
            let tail = style.clean(tail)
            let nameRoom = room - TextStyle.width(count) - TextStyle.width(tail)
            guard nameRoom >= min(nameWidthMin, TextStyle.width(style.clean(name))) else { continue }
            return Self.erasure + count + style.cut(style.clean(name), to: nameRoom) + tail
        }
        let short = leftNs.map { "\(duration($0)) left" } ?? name
        return Self.moving(TextStyle.width(count + short) <= room ? count + short : short, width: width, style: style)
    }

    /// The line that says how the repeat went that is just done; it stays.
    public func doneLine(_ summary: String, style: TextStyle = .unicode) -> String {
        style.clean("\(count)\(name), round \(round)/\(roundCount): \(summary)\(left)")
    }

    /// The line that says that a cell is not measured any further; it stays.
    public static func endedLine(
        experiment: String, cell: String, reason: String, notRun: Int, style: TextStyle = .unicode
    ) -> String {
        let name = cell.isEmpty ? experiment : "\(experiment) \(cell)"
        let left = notRun == 1 ? "1 repeat is" : "\(notRun) repeats are"
        return style.clean("\(name) ends here, and \(left) not made: \(reason)")
    }

    /// Any other text as a moving line.
    public static func moving(_ text: String, width: Int, style: TextStyle = .unicode) -> String {
        erasure + style.cut(style.clean(text), to: max(width - 1, 0))
    }

    private var count: String { "[\(number)/\(repeatCount)] " }
    private var name: String { cell.isEmpty ? experiment : "\(experiment) \(cell)" }
    private var left: String { leftNs.map { ", \(duration($0)) left" } ?? "" }

    private func duration(_ ns: UInt64) -> String { TimeText.duration(ns: Double(ns)) }
}
