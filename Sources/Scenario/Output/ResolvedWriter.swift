extension Scenario {
    /// The scenario with every default shown, as YAML that reads back to the same experiments.
    public var resolvedYAML: String {
        var lines = ["weir: 1", "name: \(name)"]
        if let about { lines.append("about: \(YAMLText.value(about))") }
        lines.append("experiments:")
        for experiment in experiments { lines += ResolvedExperiment(experiment).lines }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// One experiment as lines: what all cells share, what varies, and what each case says of its own.
private struct ResolvedExperiment {
    private let experiment: Experiment
    private let cells: [[[String]: String]]
    private let axes: [Axis]

    init(_ experiment: Experiment) {
        self.experiment = experiment
        cells = experiment.cells.map { CellPaths($0).values }
        axes = experiment.axes.filter { $0.path != AxisPlan.casePath }
    }

    var lines: [String] {
        let order = axes.map(\.path)
        var body: [[String]: String] = [:]
        for axis in axes {
            body[axis.path] = "{each: [\(axis.values.map { value($0, on: axis) }.joined(separator: ", "))]}"
        }
        var cases: [String: [[String]: String]] = [:]
        var differing: [[String]] = []
        for path in Set(cells.flatMap(\.keys)) where !axes.contains(where: { path.starts(with: $0.path) }) {
            if let common = Self.common(path, cells) {
                body[path] = common
            } else if !settle(path, into: &cases) {
                differing.append(path)
            }
        }
        var lines = ["  \(experiment.name):"]
        lines += differing.sorted { $0.lexicographicallyPrecedes($1) }.map {
            "    # \($0.joined(separator: "/")) follows from other values and differs by cell"
        }
        lines += OutputTree(body, axes: order).lines(indent: 4)
        lines += caseLines(cases)
        if !experiment.baseline.isEmpty { lines.append("    baseline: \(flow(experiment.baseline))") }
        if !experiment.except.isEmpty {
            lines.append("    except: [\(experiment.except.map(flow).joined(separator: ", "))]")
        }
        return lines
    }

    private var caseNames: [String] { experiment.axes.first { $0.path == AxisPlan.casePath }?.values ?? [] }

    private func caseLines(_ cases: [String: [[String]: String]]) -> [String] {
        guard !caseNames.isEmpty else { return [] }
        return ["    cases:"]
            + caseNames.flatMap { name -> [String] in
                guard let values = cases[name] else { return ["      \(name): {}"] }
                return ["      \(name):"] + OutputTree(values, axes: []).lines(indent: 8)
            }
    }

    /// Puts a value that differs into the cases, if it is one within each.
    private func settle(_ path: [String], into cases: inout [String: [[String]: String]]) -> Bool {
        guard !caseNames.isEmpty else { return false }
        var found: [String: String] = [:]
        for name in caseNames {
            let leaves = zip(experiment.cells, cells).filter { $0.0.axes.first?.value == name }.map(\.1)
            if leaves.allSatisfy({ $0[path] == nil }) { continue }
            guard let common = Self.common(path, leaves) else { return false }
            found[name] = common
        }
        for (name, text) in found { cases[name, default: [:]][path] = text }
        return true
    }

    /// The value that all cells have.
    private static func common(_ path: [String], _ cells: [[[String]: String]]) -> String? {
        let texts = Set(cells.compactMap { $0[path] })
        // An option that counts only in some cells, such as a codec's level, may stand for all that
        // have its section.
        let isOption = ["producer", "consumer"].contains(path.dropLast().last)
        let isEverywhere = cells.allSatisfy { cell in
            cell[path] != nil || isOption && cell.keys.contains { $0.starts(with: path.dropLast()) }
        }
        return texts.count == 1 && isEverywhere ? texts.first : nil
    }

    private func flow(_ values: [AxisValue]) -> String {
        let pairs = values.map { value -> String in
            let axis = experiment.axes.first { $0.name == value.axis }
            return "\(value.axis): \(axis.map { self.value(value.value, on: $0) } ?? YAMLText.value(value.value))"
        }
        return "{\(pairs.joined(separator: ", "))}"
    }

    /// An axis's value as YAML; a value that is no word of a choice is a map.
    private func value(_ text: String, on axis: Axis) -> String {
        guard case .choice(let words, _) = Grammar.key(at: axis.path)?.shape, !words.contains(text) else {
            return YAMLText.value(text)
        }
        return "{\(text)}"
    }
}

/// Values by path, written as sections in the grammar's order.
private struct OutputTree {
    private let values: [[String]: String]
    private let axes: [[String]]

    init(_ values: [[String]: String], axes: [[String]]) {
        self.values = values
        self.axes = axes
    }

    func lines(indent: Int) -> [String] { lines(below: [], Grammar.overlay, indent: indent) }

    private func lines(below path: [String], _ shape: MapShape, indent: Int) -> [String] {
        let blank = String(repeating: " ", count: indent)
        return inAxisOrder(shape.keys.map(\.name), below: path).flatMap { name -> [String] in
            let here = path + [name]
            if let text = values[here] { return ["\(blank)\(name): \(text)"] }
            guard values.keys.contains(where: { $0.starts(with: here) }), let inner = shape.key(name)?.shape.map else {
                return []
            }
            return ["\(blank)\(name):"] + lines(below: here, inner, indent: indent + 2)
        }
    }

    /// The keys, with those that hold axes in the order of the axes, because axes are found in the
    /// file's order.
    private func inAxisOrder(_ names: [String], below path: [String]) -> [String] {
        let places = names.map { name in axes.firstIndex { $0.starts(with: path + [name]) } }
        var moved = zip(names, places).filter { $0.1 != nil }.sorted { ($0.1 ?? 0) < ($1.1 ?? 0) }.map(\.0)[...]
        return zip(names, places).map { name, place in place == nil ? name : moved.removeFirst() }
    }
}
