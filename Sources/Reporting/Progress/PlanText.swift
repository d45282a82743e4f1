/// What a run is going to do, as it is shown before it begins.
public struct PlanText: Sendable, Equatable {
    /// One experiment's part.
    public struct Part: Sendable, Equatable {
        /// The experiment's name.
        public var name: String
        /// How many cells it has.
        public var cellCount: Int
        /// How often each is measured.
        public var repeats: Int
        /// How long one round over all cells takes; nil where a number of records or starts ends a
        /// repeat.
        public var roundNs: UInt64?
        /// How much longer the first round takes, because each cell's first repeat is warmed up.
        public var firstRoundExtraNs: UInt64

        /// A part of the plan.
        public init(name: String, cellCount: Int, repeats: Int, roundNs: UInt64?, firstRoundExtraNs: UInt64 = 0) {
            self.name = name
            self.cellCount = cellCount
            self.repeats = repeats
            self.roundNs = roundNs
            self.firstRoundExtraNs = firstRoundExtraNs
        }

        fileprivate var wholeNs: Double? { roundNs.map { Double($0) * Double(repeats) + Double(firstRoundExtraNs) } }
    }

    /// The scenario's name.
    public var scenario: String
    /// The experiments in their order.
    public var parts: [Part]

    /// A plan.
    public init(scenario: String, parts: [Part]) {
        self.scenario = scenario
        self.parts = parts
    }

    /// The plan as lines: what it is in all, then an experiment a line.
    public func lines(style: TextStyle = .unicode) -> [String] {
        let cellCount = parts.map(\.cellCount).reduce(0, +)
        let repeatCount = parts.map { $0.cellCount * $0.repeats }.reduce(0, +)
        let whole =
            "\(scenario): \(NumberText.counted(parts.count, "experiment")), \(NumberText.counted(cellCount, "cell")), "
            + "\(NumberText.counted(repeatCount, "repeat"))\(wholeTime)"
        let nameWidth = parts.map { TextStyle.width(style.clean($0.name)) }.max() ?? 0
        return [style.clean(whole)]
            + parts.map { part in
                let padding = String(repeating: " ", count: nameWidth - TextStyle.width(style.clean(part.name)))
                let size =
                    "\(NumberText.counted(part.cellCount, "cell")) × \(NumberText.counted(part.repeats, "repeat"))"
                return style.clean("  \(part.name)\(padding)  \(size), \(time(part))")
            }
    }

    private var wholeTime: String {
        let known = parts.compactMap(\.wholeNs)
        guard !known.isEmpty else { return "" }
        let time = TimeText.duration(ns: known.reduce(0, +))
        guard known.count == parts.count else { return ", at least \(time)" }
        return time.hasPrefix("under") ? ", \(time)" : ", about \(time)"
    }

    private func time(_ part: Part) -> String {
        let extra =
            part.firstRoundExtraNs == 0
            ? "" : " (\(TimeText.duration(ns: Double(part.firstRoundExtraNs))) more in the first, to warm up)"
        guard let roundNs = part.roundNs, let wholeNs = part.wholeNs else {
            return "until their number is done\(extra)"
        }
        return "\(TimeText.duration(ns: Double(roundNs))) a round\(extra), \(TimeText.duration(ns: wholeNs)) in all"
    }
}
