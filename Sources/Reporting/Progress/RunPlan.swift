/// What a run is going to do, said before it begins.
public struct RunPlan: Sendable, Equatable {
    /// One experiment's part.
    public struct Part: Sendable, Equatable {
        /// The experiment's name.
        public var name: String
        /// How many cells it has.
        public var cellCount: Int
        /// How often each is measured.
        public var repeats: Int
        /// What one repeat is, in words: `2 s + 10 s`, `125 starts`.
        public var extent: String
        /// How long the whole experiment is expected to take; nil where nobody can say.
        public var expectedNs: UInt64?

        /// A part of the plan.
        public init(name: String, cellCount: Int, repeats: Int, extent: String, expectedNs: UInt64?) {
            self.name = name
            self.cellCount = cellCount
            self.repeats = repeats
            self.extent = extent
            self.expectedNs = expectedNs
        }
    }

    /// The experiments in their order.
    public var parts: [Part]

    /// A plan.
    public init(parts: [Part]) { self.parts = parts }

    /// How many repeats there are in all.
    public var repeatCount: Int { parts.map { $0.cellCount * $0.repeats }.reduce(0, +) }

    /// How long all of it is expected to take; nil as soon as nobody can say for one part.
    public var expectedNs: UInt64? {
        parts.reduce(UInt64?.some(0)) { sum, part in
            guard let sum, let own = part.expectedNs else { return nil }
            return sum.addingReportingOverflow(own).overflow ? nil : sum + own
        }
    }

    /// The plan as lines: what it is in all, then an experiment a line.
    public func lines(style: TextStyle = .unicode) -> [String] {
        let cellCount = parts.map(\.cellCount).reduce(0, +)
        let whole =
            "plan: \(counted(parts.count, "experiment")), \(counted(cellCount, "cell")), "
            + "\(counted(repeatCount, "repeat"))\(time(expectedNs, before: ", about "))"
        let nameWidth = parts.map { TextStyle.width(style.clean($0.name)) }.max() ?? 0
        return [style.clean(whole)]
            + parts.map { part in
                let padding = String(repeating: " ", count: nameWidth - TextStyle.width(style.clean(part.name)))
                return style.clean(
                    "  \(part.name)\(padding)  \(counted(part.cellCount, "cell")) × "
                        + "\(counted(part.repeats, "repeat")) × \(part.extent)\(time(part.expectedNs, before: " ≈ "))")
            }
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(NumberText.grouped(Int64(count))) \(noun)\(count == 1 ? "" : "s")"
    }

    private func time(_ ns: UInt64?, before words: String) -> String {
        ns.map { words + TimeText.duration(ns: Double($0)) } ?? ""
    }
}
