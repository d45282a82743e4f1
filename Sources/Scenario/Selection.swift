import Names

/// What `--only EXPERIMENT[/CASE]` leaves.
enum Selection {
    /// Every name that selects nothing.
    struct Failure: Error {
        var messages: [String]
    }

    static func select(_ only: [String], from experiments: [Experiment]) throws(Failure) -> [Experiment] {
        var wanted: [String: Set<String>] = [:]
        var messages: [String] = []
        for text in only {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let experiment = experiments.first(where: { $0.name == parts[0] }) else {
                messages.append(unknown("experiment", parts[0], experiments.map(\.name)))
                continue
            }
            let cases = experiment.axes.first { $0.path == AxisPlan.casePath }?.values ?? []
            if parts.count == 2, !cases.contains(parts[1]) {
                messages.append(unknown("case of \(parts[0])", parts[1], cases))
                continue
            }
            wanted[parts[0], default: []].formUnion(parts.count == 2 ? [parts[1]] : cases)
        }
        guard messages.isEmpty else { throw Failure(messages: messages) }
        return experiments.compactMap { experiment in
            guard let cases = wanted[experiment.name] else { return nil }
            return keeping(cases, of: experiment)
        }
    }

    private static func keeping(_ cases: Set<String>, of experiment: Experiment) -> Experiment {
        guard experiment.axes.first?.path == AxisPlan.casePath else { return experiment }
        var experiment = experiment
        experiment.cells.removeAll { cell in !cases.contains(cell.axes[0].value) }
        experiment.pruneAxes()
        _ = experiment.compareWithBaseline()
        return experiment
    }

    private static func unknown(_ noun: String, _ name: String, _ names: [String]) -> String {
        let those = names.isEmpty ? "there is none" : "there are \(names.joined(separator: ", "))"
        return "no \(noun) is called '\(name)'" + (NearestName.hint(name, among: names) ?? " (\(those))")
    }
}
