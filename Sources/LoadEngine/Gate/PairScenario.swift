public import Results
public import Scenario

/// One side of a gate: its scenario and the program that measures it.
public struct GateContender: Sendable {
    /// What a result says of it.
    public var side: GateSide
    /// The scenario as this side has it.
    public var scenario: Scenario
    /// The program of its load generator and its embedded broker.
    public var executable: String

    /// A side with its scenario and its program.
    public init(side: GateSide, scenario: Scenario, executable: String) {
        (self.side, self.scenario, self.executable) = (side, scenario, executable)
    }

    var instance: CellInstance { CellInstance(name: side.name, executable: executable) }
}

/// Both sides of a gate, which measure the same cells.
public struct GateContenders: Sendable {
    /// The side that is compared with.
    public let baseline: GateContender
    /// The side that is judged.
    public let candidate: GateContender

    /// Two sides.
    public init(baseline: GateContender, candidate: GateContender) {
        (self.baseline, self.candidate) = (baseline, candidate)
    }

    /// Why the two may not be held against each other, although the command line says in what they
    /// differ; empty where they may.
    public var objections: [String] {
        let (own, others) = (baseline.scenario.experiments, candidate.scenario.experiments)
        guard own.map(\.name) == others.map(\.name), own.map(\.kind) == others.map(\.kind) else {
            return ["the sides have different experiments: gate one of them with --only"]
        }
        return zip(own, others).flatMap { one, other -> [String] in
            guard one.cells.map(\.axes) == other.cells.map(\.axes) else {
                return [
                    "\(one.name): the sides have different cells, \(Self.words(one.axes)) and "
                        + "\(Self.words(other.axes)): set what all cells share, or select a case with --only"
                ]
            }
            return zip(one.cells, other.cells).flatMap { Self.objections($0, $1, in: one.name) }
        }
    }

    private static func words(_ axes: [Axis]) -> String {
        axes.isEmpty
            ? "a single one"
            : axes.map { "\($0.name): \($0.values.joined(separator: ", "))" }.joined(separator: "; ")
    }

    private static func objections(_ one: Cell, _ other: Cell, in experiment: String) -> [String] {
        let place = ([experiment] + one.axes.map(\.value)).joined(separator: ", ")
        var found: [String] = []
        if one.measure != other.measure { found.append("measure") }
        if one.waive != other.waive { found.append("waive") }
        if one.gate != other.gate { found.append("gate") }
        if one.expectations != other.expectations { found.append("expect") }
        return found.map { "\(place): '\($0)' differs between the sides, which must be measured and judged alike" }
    }

    /// The scenario of one pair, in which each cell stands twice; the side that is `first` has its
    /// processes started first.
    func pair(_ slicing: GateSlicing, first: String) -> Scenario {
        let isBaselineFirst = first == baseline.side.name
        let (leading, following) = isBaselineFirst ? (baseline, candidate) : (candidate, baseline)
        var scenario = leading.scenario
        for index in scenario.experiments.indices {
            let cells = zip(leading.scenario.experiments[index].cells, following.scenario.experiments[index].cells)
            scenario.experiments[index].cells = cells.flatMap { one, other in
                [Self.sided(one, leading, slicing), Self.sided(other, following, slicing)]
            }
            scenario.experiments[index].axes.append(
                Axis(
                    name: GateReading.axis, path: [GateReading.axis], values: [leading.side.name, following.side.name])
            )
            scenario.experiments[index].baseline = []
            scenario.experiments[index].except = []
        }
        return scenario
    }

    private static func sided(_ cell: Cell, _ contender: GateContender, _ slicing: GateSlicing) -> Cell {
        var cell = cell
        cell.axes.append(AxisValue(axis: GateReading.axis, value: contender.side.name))
        cell.measure = slicing.measure(of: cell)
        cell.instance = contender.instance
        cell.expectations = []
        cell.baselineCell = nil
        return cell
    }

    /// What is gated of each cell.
    var specs: [GateReading.Place: GateSpec] {
        let places = baseline.scenario.experiments.flatMap { experiment in
            experiment.cells.map {
                (GateReading.Place(experiment: experiment.name, axes: $0.axes.map(AxisSetting.init)), $0.gate)
            }
        }
        return Dictionary(places) { first, _ in first }
    }
}
