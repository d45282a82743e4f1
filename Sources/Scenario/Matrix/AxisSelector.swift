import Names

/// Finds the axes and values that `baseline` and `except` name.
struct AxisSelector {
    let plans: [AxisPlan]
    let overridden: [[String]]
    /// Whether keys of the experiment were wrong, so that an axis may be missing for that reason.
    let isDamaged: Bool
    var problems: Problems

    mutating func baseline(_ node: Node?) -> [AxisValue] {
        guard let node else { return [] }
        // A baseline without one of its axes would compare other cells than were meant, so it is
        // then none at all.
        return values(node, "baseline") ?? []
    }

    mutating func exceptions(_ node: Node?) -> [[AxisValue]] {
        (node?.items ?? []).compactMap { item in values(item, "except") }
    }

    private mutating func values(_ node: Node, _ key: String) -> [AxisValue]? {
        guard let entries = node.entries else { return nil }
        let values = entries.map { value($0, key) }
        return values.contains { $0 == nil } ? nil : values.compactMap { $0 }
    }

    private mutating func value(_ entry: Node.Entry, _ key: String) -> AxisValue? {
        let wanted = entry.key.split(separator: "/").map(String.init)
        let exact = plans.filter { $0.axis.name == entry.key }
        let matches = exact.isEmpty ? plans.filter { $0.axis.path.suffix(wanted.count) == wanted[...] } : exact
        guard let plan = matches.first else {
            if !isDamaged {
                miss(
                    entry.keyMark, wanted, "\(key) names '\(entry.key)', which does not vary here\(axesHint(entry.key))"
                )
            }
            return nil
        }
        guard matches.count == 1 else {
            let names = matches.map(\.axis.name).joined(separator: ", ")
            problems.error(entry.keyMark, "\(key) names '\(entry.key)', which could be \(names)")
            return nil
        }
        guard let text = spelling(entry.value, plan) else { return nil }
        guard plan.axis.values.contains(text) else {
            let values = plan.axis.values.prefix(12).joined(separator: ", ")
            if !isDamaged {
                miss(
                    entry.value.mark, plan.axis.path,
                    "\(plan.axis.name) '\(text)' in \(key) is none of its values here: \(values)")
            }
            return nil
        }
        return AxisValue(axis: plan.axis.name, value: text)
    }

    /// The value in the one spelling its axis has.
    private mutating func spelling(_ node: Node, _ plan: AxisPlan) -> String? {
        guard let key = Grammar.key(at: plan.axis.path) else { return node.summary }
        var checker = Checker(problems: problems)
        let single = Key(key.name, key.shape, "", mayVary: false)
        let checked = checker.checkValue(node, single, .init(section: "in \(key.name)", varies: false))
        problems = checker.problems
        return checked.isInvalid ? nil : checked.summary
    }

    /// What an override took away is no mistake of the file.
    private mutating func miss(_ mark: Mark, _ path: [String], _ message: String) {
        if overridden.contains(where: { $0.suffix(path.count) == path[...] }) {
            problems.warn(mark, "\(message); it is left out, as --set changed that")
        } else {
            problems.error(mark, message)
        }
    }

    private func axesHint(_ name: String) -> String {
        let names = plans.map(\.axis.name)
        if let hint = NearestName.hint(name, among: names) { return hint }
        return names.isEmpty ? " (nothing does)" : " (what varies is \(names.joined(separator: ", ")))"
    }
}

extension Grammar {
    /// The key at the end of a path below an experiment.
    static func key(at path: [String]) -> Key? {
        var shape: MapShape? = overlay
        var found: Key?
        for name in path {
            found = shape?.key(name)
            shape = found?.shape.map
        }
        return found
    }
}
