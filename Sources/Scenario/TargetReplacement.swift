/// Puts the cluster that `--bootstrap-servers` names in the place of a scenario's targets.
struct TargetReplacement {
    let servers: String
    let mark: Mark
    var problems: Problems

    mutating func apply(to root: Node) -> Node {
        var root = replaced(root, isFile: true)
        guard let experiments = root["experiments"], let entries = experiments.entries else { return root }
        let named = entries.map { entry in
            var entry = entry
            entry.value = replaced(entry.value, isFile: false)
            if let cases = entry.value["cases"], let caseEntries = cases.entries {
                noteVaryingCases(entry.key, caseEntries)
                var node = cases
                node.content = .map(caseEntries.map { removingTarget($0) })
                entry.value = entry.value.replacing(["cases"], by: node)
            }
            return entry
        }
        var node = experiments
        node.content = .map(named)
        root = root.replacing(["experiments"], by: node)
        return root
    }

    private mutating func replaced(_ node: Node, isFile: Bool) -> Node {
        guard var entries = node.entries else { return node }
        let target = node["target"]
        if let target, !target.eachPaths().isEmpty {
            problems.error(target.mark, "target varies here, and --bootstrap-servers would make all cells alike")
        }
        if let embedded = target?["embedded"], embedded.entries?.isEmpty == false {
            problems.warn(
                embedded.mark, "the embedded broker's options do not apply, as --bootstrap-servers takes its place")
        }
        if let named = target?["bootstrap.servers"]?.text, named != servers {
            problems.warn(
                target?.mark ?? mark,
                "bootstrap.servers of the target is not used, as --bootstrap-servers goes before it")
        }
        entries.removeAll { $0.key == "target" }
        if isFile {
            let value = Node(.scalar(servers, plain: false), mark: mark)
            var others = target?.entries?.filter { !["embedded", "bootstrap.servers"].contains($0.key) } ?? []
            others.insert(Node.Entry(key: "bootstrap.servers", keyMark: mark, value: value), at: 0)
            entries.append(Node.Entry(key: "target", keyMark: mark, value: Node(.map(others), mark: mark)))
        }
        var result = node
        result.content = .map(entries)
        return result
    }

    private mutating func noteVaryingCases(_ experiment: String, _ cases: [Node.Entry]) {
        guard let first = cases.first(where: { $0.value.has("target") }) else { return }
        problems.error(
            first.keyMark, "cases of \(experiment) differ in their target, and --bootstrap-servers would make all alike"
        )
    }

    private func removingTarget(_ entry: Node.Entry) -> Node.Entry {
        var entry = entry
        guard let inner = entry.value.entries else { return entry }
        entry.value.content = .map(inner.filter { $0.key != "target" })
        return entry
    }
}
