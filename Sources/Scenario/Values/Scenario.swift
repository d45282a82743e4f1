public import Results

/// A scenario file as it was understood: every default filled in, every matrix expanded, nothing
/// left to look up.
public struct Scenario: Sendable, Codable, Equatable {
    /// The scenario's name, which results are named after.
    public var name: String
    /// What it measures, in its author's words.
    public var about: String?
    /// The path it was read from, as it was given.
    public var path: String
    /// The file's text as written.
    public var text: String
    /// The overrides as given, each `PATH=VALUE`, in order.
    public var overrides: [String]
    /// What is merely doubtful, each with its place.
    public var warnings: [ScenarioProblem]
    /// The experiments in the file's order, less those that `--only` left out.
    public var experiments: [Experiment]
}

/// One question a scenario asks: a workload and the matrix it is varied over.
public struct Experiment: Sendable, Codable, Equatable {
    /// The experiment's name in the file.
    public var name: String
    /// What is measured.
    public var kind: Workload.Kind
    /// What varies, in the order of a table's first columns; empty when nothing does.
    public var axes: [Axis]
    /// The axes that `baseline` fixes; empty without one.
    public var baseline: [AxisValue]
    /// The combinations left out.
    public var except: [[AxisValue]]
    /// The cells: the product of the axes less `except`, the last axis varying fastest.
    public var cells: [Cell]

    /// How often every cell is measured; the same for all, because rounds are interleaved.
    public var repeats: Int { cells.first?.measure.repeats ?? 0 }
    /// The seed given, if any; the same for all cells.
    public var seed: UInt64? { cells.first?.measure.seed }
}

/// One thing that varies over an experiment's cells.
public struct Axis: Sendable, Codable, Equatable {
    /// The shortest ending of the path that no other axis has, or `case`.
    public var name: String
    /// The keys down to it below the experiment, or `["case"]`.
    public var path: [String]
    /// Its values as text, in the file's order.
    public var values: [String]

    /// An axis with its values.
    public init(name: String, path: [String], values: [String]) {
        (self.name, self.path, self.values) = (name, path, values)
    }
}

/// Where a cell, a baseline or an exception stands on one axis.
public struct AxisValue: Sendable, Codable, Equatable, Hashable {
    /// The axis's name.
    public var axis: String
    /// The value as text, as in `Axis.values`.
    public var value: String

    /// A value on an axis.
    public init(axis: String, value: String) {
        self.axis = axis
        self.value = value
    }
}

/// One combination that is measured, with everything about it resolved.
public struct Cell: Sendable, Codable, Equatable {
    /// Where it stands, a value for each of the experiment's axes in their order.
    public var axes: [AxisValue]
    /// What it runs against.
    public var target: TargetSpec
    /// The topic it uses.
    public var topic: TopicSpec
    /// How long and how often it is measured.
    public var measure: MeasureSpec
    /// What it measures.
    public var workload: Workload
    /// The checks that are waived.
    public var waive: [Waiver]
    /// What must hold of its figures.
    public var expectations: [Expectation] = []
    /// What a gate judges of it.
    public var gate = GateSpec()
    /// The processes that measure it, where they are not the run's own.
    public var instance: CellInstance?
    /// The index, in the experiment's cells, of the cell this one is compared with; none for a
    /// baseline itself.
    public var baselineCell: Int?
}

/// Processes of their own that measure a cell: an embedded broker and a load generator.
public struct CellInstance: Sendable, Codable, Equatable, Hashable {
    /// What tells them from others.
    public var name: String
    /// The program that they are made of.
    public var executable: String

    /// Processes of a program.
    public init(name: String, executable: String) { (self.name, self.executable) = (name, executable) }
}
