import Results

/// Makes an experiment of its checked nodes: layers merged, axes found, cells resolved.
struct ExperimentBuilder {
    let name: String
    let mark: Mark
    /// The file's root, whose `target`, `topic`, `measure`, `waive` and `gate` lie below the experiment's.
    let file: Node
    let node: Node
    /// The paths that overrides wrote to: what they took away is missed with a warning only.
    let overridden: [[String]]
    var problems: Problems
    /// How many cells were resolved, right or wrong.
    private(set) var cellCount = 0

    private static let shared: Set = ["target", "topic", "measure", "waive", "gate"]
    private static let own: Set = [
        "produce", "consume", "start", "target", "topic", "measure", "waive", "gate", "expect",
    ]

    /// The experiment, or nothing when something about it is wrong.
    mutating func build() -> Experiment? {
        guard node.entries != nil else { return nil }
        let body = Merge.merge(node.keeping(Self.own), over: file.keeping(Self.shared), Grammar.overlay)
        let cases = node["cases"]?.entries ?? []
        let layers = cases.map { Merge.merge($0.value, over: body, Grammar.overlay) }
        noteReplacedAxes(body: body, cases: cases, layers: layers)
        let plans = AxisPlan.plan(cases: cases.map(\.key), tree: body)
        guard let count = AxisPlan.cellCount(plans), count <= Grammar.cellCountMax else {
            let sizes = plans.map { "\($0.axis.values.count) × \($0.axis.name)" }.joined(separator: ", ")
            problems.error(mark, "experiment \(name) has more than \(Grammar.cellCountMax) cells (\(sizes)): split it")
            return nil
        }
        cellCount = count
        var selector = AxisSelector(
            plans: plans, overridden: overridden, isDamaged: node.isDamaged || body.isDeeplyDamaged, problems: problems)
        let except = selector.exceptions(node["except"])
        let baseline = selector.baseline(node["baseline"])
        problems = selector.problems
        let cells = resolve(plans, trees: layers.isEmpty ? [body] : layers, hasCases: !cases.isEmpty, except: except)
        guard problems.errors.isEmpty else { return nil }
        return finish(plans, cells, baseline, except)
    }

    /// Cells are a product, so a case cannot replace what varies.
    private mutating func noteReplacedAxes(body: Node, cases: [Node.Entry], layers: [Node]) {
        let varying = body.eachPaths()
        for (entry, layer) in zip(cases, layers) {
            for path in varying where layer.at(path)?.alternatives == nil {
                problems.error(
                    entry.keyMark,
                    "case \(entry.key) replaces '\(path.joined(separator: "/"))', which each varies in the experiment")
            }
        }
    }

    private mutating func resolve(
        _ plans: [AxisPlan], trees: [Node], hasCases: Bool, except: [[AxisValue]]
    ) -> [Cell] {
        var cells: [Cell] = []
        var ineffective = IneffectiveOptions()
        let excepted = except.map { $0.compactMap { value in AxisPlan.place(of: value, in: plans) } }
        for combination in AxisPlan.combinations(plans) {
            if excepted.contains(where: { $0.allSatisfy { combination[$0.axis] == $0.value } }) { continue }
            let axes = zip(plans, combination).map { plan, index in
                AxisValue(axis: plan.axis.name, value: plan.axis.values[index])
            }
            var tree = trees[hasCases ? combination[0] : 0]
            for (plan, index) in zip(plans, combination) where !plan.nodes.isEmpty {
                tree = tree.replacing(plan.axis.path[...], by: plan.nodes[index])
            }
            var builder = CellBuilder(
                tree: tree, experiment: name, mark: mark, hasBaseline: node["baseline"] != nil, hasOwnGate: hasOwnGate,
                problems: problems,
                ineffective: ineffective)
            if let cell = builder.build(axes: axes) { cells.append(cell) }
            (problems, ineffective) = (builder.problems, builder.ineffective)
        }
        ineffective.report(to: &problems)
        return cells
    }

    /// Whether what is gated is said here, and not for all experiments of the file.
    private var hasOwnGate: Bool {
        node["gate"] != nil || (node["cases"]?.entries ?? []).contains { $0.value["gate"] != nil }
    }

    private mutating func finish(
        _ plans: [AxisPlan], _ cells: [Cell], _ baseline: [AxisValue], _ except: [[AxisValue]]
    ) -> Experiment? {
        guard let kind = cells.first?.workload.kind else {
            problems.error(mark, "experiment \(name): 'except' leaves no cell")
            return nil
        }
        if cells.contains(where: { $0.workload.kind != kind }) {
            problems.error(mark, "experiment \(name): all its cells must be of one kind, and cases make several of it")
        }
        if Set(cells.map { RoundPlan($0.measure) }).count > 1 {
            problems.error(
                mark, "experiment \(name): repeats, pause and seed are the same for all cells of an experiment")
        }
        var experiment = Experiment(
            name: name, kind: kind, axes: plans.map(\.axis), baseline: baseline, except: except, cells: cells)
        experiment.pruneAxes()
        let withoutCounterpart = experiment.compareWithBaseline()
        if withoutCounterpart > 0 {
            problems.warn(mark, "experiment \(name): \(withoutCounterpart) cells have no baseline to be compared with")
        }
        return experiment
    }

    /// What interleaved rounds need to have in common.
    private struct RoundPlan: Hashable {
        let repeats: Int
        let pauseNs: UInt64
        let seed: UInt64?

        init(_ measure: MeasureSpec) {
            (repeats, pauseNs, seed) = (measure.repeats, measure.pauseNs, measure.seed)
        }
    }
}

extension Node {
    /// Whether something was taken out of it or below it.
    var isDeeplyDamaged: Bool {
        isDamaged || isInvalid || (entries ?? []).contains { $0.value.isDeeplyDamaged }
            || (items ?? []).contains { $0.isDeeplyDamaged }
    }
}

extension Experiment {
    /// Takes out values that no cell has, and exceptions that name such.
    mutating func pruneAxes() {
        let present = Set(cells.flatMap(\.axes))
        for index in axes.indices {
            let name = axes[index].name
            axes[index].values.removeAll { !present.contains(AxisValue(axis: name, value: $0)) }
        }
        except.removeAll { !Set($0).isSubset(of: present) }
        if !Set(baseline).isSubset(of: present) { baseline = [] }
    }

    /// Points each cell to the one it is compared with; the answer is how many have none.
    mutating func compareWithBaseline() -> Int {
        for index in cells.indices { cells[index].baselineCell = nil }
        guard !baseline.isEmpty else { return 0 }
        let places = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($0.element.axes, $0.offset) })
        let fixed = Dictionary(uniqueKeysWithValues: baseline.map { ($0.axis, $0) })
        var withoutCounterpart = 0
        for index in cells.indices {
            let wanted = cells[index].axes.map { fixed[$0.axis] ?? $0 }
            guard wanted != cells[index].axes else {
                // A baseline is not held against itself.
                cells[index].expectations.removeAll { $0.unit == .timesBaseline }
                continue
            }
            cells[index].baselineCell = places[wanted]
            withoutCounterpart += places[wanted] == nil ? 1 : 0
        }
        return withoutCounterpart
    }
}
