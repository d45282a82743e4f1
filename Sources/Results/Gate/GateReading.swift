/// Reads pairs out of runs in which every cell stands twice, once for each side.
public struct GateReading: Sendable {
    /// The axis that tells the sides of a cell apart.
    public static let axis = "side"
    /// The side that is compared with.
    public static let baseline = "baseline"
    /// The side that is judged.
    public static let candidate = "candidate"

    /// Why a pair cannot be read.
    public enum Fault: Error, Sendable, Equatable, CustomStringConvertible {
        /// A slice's truth is broken: what is wrong, and where.
        case broken(String)
        /// A metric that the scenario names has no value: why.
        case withoutValue(String)
        /// A latency that the scenario names is a lower bound in every slice of a side.
        case saturated(String)
        /// Instructions are asked for, and the host does not count them.
        case uncounted(String)
        /// A cell or a row has no slice that both sides have, so that the pair counts for nothing.
        case unpaired(String)

        static let notCountedHere = "this host counts no instructions for programs (perf_event_open)"

        /// What happened, and what to do.
        public var description: String {
            switch self {
            case .broken(let what): "not to be trusted: \(what)"
            case .withoutValue(let row):
                "\(row) has no value that both sides have in a slice: percentiles want ten samples beyond them, "
                    + "so measure another metric or at a higher rate"
            case .saturated(let row):
                "\(row): no slice has it on both sides, as what was measured could not follow the rate (saturated) and "
                    + "latencies are lower bounds: gate at a lower rate"
            case .uncounted(let row): "\(row): \(Self.notCountedHere): gate another metric here"
            case .unpaired(let place): "no slice of \(place) is valid on both sides"
            }
        }
    }

    /// What is gated of a cell, as the scenario says it.
    public struct Place: Hashable, Sendable {
        let experiment: String
        let axes: [AxisSetting]

        /// A cell's place, without its side.
        public init(experiment: String, axes: [AxisSetting]) { (self.experiment, self.axes) = (experiment, axes) }
    }

    private let specs: [Place: GateSpec]
    /// The rows that are judged; the first pair says which have values.
    public private(set) var rows: [GateRow]
    private var hasRows: Bool
    /// The usual rows that only one side has, in words.
    public private(set) var oneSided: [String] = []

    /// Reads pairs; `specs` is what the scenario says of each cell.
    public init(specs: [Place: GateSpec]) { (self.specs, rows, hasRows) = (specs, [], false) }

    /// What a run says of the rows; the first that is read decides which there are.
    public mutating func figures(of run: RunResult) throws(Fault) -> [GatePair.Figure] {
        if let broken = Self.broken(run) { throw .broken(broken) }
        let cells = run.experiments.flatMap(Self.cells)
        if let lacking = cells.first(where: { !$0.hasPairedSlice }) { throw .unpaired(lacking.place) }
        if !hasRows { try findRows(cells) }
        var figures: [GatePair.Figure] = []
        for row in rows {
            guard let cell = cells.first(where: { $0.holds(row) }), let figure = cell.figure(row) else {
                throw .unpaired("\(row.place), \(row.title)")
            }
            figures.append(figure)
        }
        return figures
    }

    /// The slices of each side in which nothing came for too long.
    public static func standstills(of run: RunResult) -> SideCounts {
        counts(of: run, where: \.stoodStill)
    }

    /// The slices of each side that could not follow the rate, so that latencies are lower bounds.
    public static func saturated(of run: RunResult) -> SideCounts {
        counts(of: run) { $0.isValid && $0.saturated }
    }

    private static func counts(of run: RunResult, where isCounted: (Repeat) -> Bool) -> SideCounts {
        let cells = run.experiments.flatMap(Self.cells)
        func count(_ side: KeyPath<SidedCell, CellResult>) -> Int {
            cells.flatMap { $0[keyPath: side].repeats }.count(where: isCounted)
        }
        return SideCounts(baseline: count(\.baseline), candidate: count(\.candidate))
    }

    private mutating func findRows(_ cells: [SidedCell]) throws(Fault) {
        for cell in cells {
            let spec = specs[Place(experiment: cell.experiment, axes: cell.axes)] ?? GateSpec()
            for gated in GatedMetric.list(cell.kind, load: cell.baseline.load, spec: spec) {
                let row = GateRow(
                    experiment: cell.experiment, axes: cell.axes, kind: cell.kind, metric: gated.metric.key,
                    margin: gated.margin, isCounted: gated.metric.isCounted, isAsked: gated.isAsked)
                let words = "\(row.place), \(row.title)"
                if cell.figure(row) != nil {
                    rows.append(row)
                } else if gated.metric.key == "clientInstructionsPer\(cell.kind.unit.key)", cell.onlySide(gated) == nil
                {
                    if gated.isAsked { throw .uncounted(words) }
                    let absence = "\(gated.metric.title): \(Fault.notCountedHere)"
                    if !oneSided.contains(absence) { oneSided.append(absence) }
                } else if gated.isAsked {
                    throw cell.isSaturated(gated) ? .saturated(words) : .withoutValue(words)
                } else if cell.isSaturated(gated) {
                    oneSided.append("\(words): saturated, its latencies are lower bounds")
                } else if let side = cell.onlySide(gated) {
                    oneSided.append("\(words): only the \(side) has it")
                }
            }
        }
        hasRows = true
        guard !rows.isEmpty else { throw .withoutValue("every figure") }
    }

    /// The first slice whose truth is broken, as against one under bad conditions or in which
    /// nothing came: slices are short, and a busy host keeps all from running for longer.
    private static func broken(_ run: RunResult) -> String? {
        if let end = run.endedEarly { return "\(end.code.rawValue): \(end.detail)" }
        for experiment in run.experiments {
            for cell in experiment.cells {
                let slice = cell.repeats.first { !$0.isValid && !$0.hadBadConditions && !$0.stoodStill }
                guard slice != nil || cell.endedEarly != nil else { continue }
                let place = cell.axes.place(in: experiment.name)
                let reason = cell.endedEarly ?? slice?.invalidReasons.first
                return "\(place): " + (reason.map { "\($0.code.rawValue): \($0.detail)" } ?? "a start began elsewhere")
            }
        }
        return nil
    }

    private static func cells(of experiment: ExperimentResult) -> [SidedCell] {
        func side(_ cell: CellResult) -> String? { cell.axes.last.flatMap { $0.name == axis ? $0.value : nil } }
        return experiment.cells.filter { side($0) == baseline }.compactMap { own in
            let axes = Array(own.axes.dropLast())
            guard
                let other = experiment.cells.first(where: { side($0) == candidate && Array($0.axes.dropLast()) == axes }
                )
            else { return nil }
            return SidedCell(
                experiment: experiment.name, kind: experiment.kind, axes: axes, baseline: own, candidate: other)
        }
    }
}

/// A cell as both sides measured it.
private struct SidedCell {
    let experiment: String
    let kind: ExperimentResult.Kind
    let axes: [AxisSetting]
    let baseline: CellResult
    let candidate: CellResult

    var place: String { axes.place(in: experiment) }

    /// Whether there is a slice that is valid on both sides.
    var hasPairedSlice: Bool {
        !Set(baseline.validRepeats.map(\.round)).isDisjoint(with: candidate.validRepeats.map(\.round))
    }

    func holds(_ row: GateRow) -> Bool { row.experiment == experiment && row.axes == axes }

    func figure(_ row: GateRow) -> GatePair.Figure? {
        guard let metric = row.figure else { return nil }
        let gated = GatedMetric(metric: metric, margin: row.margin, isAsked: row.isAsked)
        let (own, others) = (values(gated, baseline), values(gated, candidate))
        let rounds = own.keys.filter { others[$0] != nil }.sorted()
        let pairs = rounds.compactMap { round in own[round].flatMap { base in others[round].map { (base, $0) } } }
        let alone = Set(own.keys).symmetricDifference(others.keys).count
        return GatePair.Figure(pairs, aloneCount: alone, better: metric.better)
    }

    /// The one side that has a metric; nil where both or none do.
    func onlySide(_ gated: GatedMetric) -> String? {
        let (own, others) = (values(gated, baseline), values(gated, candidate))
        guard own.isEmpty != others.isEmpty else { return nil }
        return own.isEmpty ? GateReading.candidate : GateReading.baseline
    }

    /// A side's values by round. The latencies of a saturated slice are lower bounds, and no values.
    private func values(_ gated: GatedMetric, _ cell: CellResult) -> [Int: Double] {
        let isLatency = gated.metric.latency != nil
        let slices = cell.validRepeats.filter { !(isLatency && $0.saturated) }
        return Dictionary(slices.compactMap { slice in gated.value(slice).map { (slice.round, $0) } }) { first, _ in
            first
        }
    }

    /// Whether a metric has no value because slices were saturated.
    func isSaturated(_ gated: GatedMetric) -> Bool {
        gated.metric.latency != nil && (baseline.validRepeats + candidate.validRepeats).contains(where: \.saturated)
    }
}

extension Repeat {
    /// Whether it is invalid because nothing came for too long, and for no other reason but what
    /// the host did.
    fileprivate var stoodStill: Bool {
        !isValid && (starts?.wrongCount ?? 0) == 0 && invalidReasons.contains { $0.code == .noProgress }
            && invalidReasons.allSatisfy { $0.code == .noProgress || $0.code.isBadConditions }
    }
}
