import Names

/// Applies `--set PATH=VALUE` to a file's nodes before they are checked.
struct OverrideSetter {
    var problems: Problems
    /// The paths written to, and those of the axes that stood there before.
    private(set) var written: [[String]] = []

    init(problems: Problems) {
        self.problems = problems
    }

    mutating func apply(_ overrides: [String], to root: Node) -> Node {
        var root = root
        for (index, text) in overrides.enumerated() {
            let mark = Mark(source: index + 1, line: 1, column: 1)
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                problems.error(mark, "an override is PATH=VALUE")
                continue
            }
            guard let path = path(String(text[..<sign]), in: root, at: mark) else { continue }
            let errorCount = problems.errors.count
            let bytes = Array(text[text.index(after: sign)...].utf8)
            guard let value = YAMLReader.read(bytes, source: index + 1, problems: &problems) else {
                if problems.errors.count == errorCount { problems.error(mark, "no value stands behind the '='") }
                continue
            }
            written += [path] + (root.at(path)?.eachPaths(below: path) ?? [])
            root = root.setting(path[...], to: value, Grammar.file, mark: mark)
        }
        return root
    }

    /// The one path that an ending means: one that stands in the file, or else one that could.
    private mutating func path(_ text: String, in root: Node, at mark: Mark) -> [String]? {
        let wanted = text.split(separator: "/").map(String.init)
        guard let last = wanted.last else {
            problems.error(mark, "an override is PATH=VALUE")
            return nil
        }
        if Secrets.isSecret(last) {
            problems.error(mark, Secrets.refusal(last))
            return nil
        }
        let all = PathFinder.paths(of: root, entersCases: wanted.contains("cases"))
        let matches = all.filter {
            text.hasPrefix("/") ? $0.keys == wanted : $0.keys.suffix(wanted.count) == wanted[...]
        }
        let present = matches.filter { $0.missingCount == 0 }
        let best = present.isEmpty ? Self.nearest(matches) : present
        if best.count == 1 { return best[0].keys }
        if best.isEmpty {
            let hint = NearestName.hint(last, among: Array(Set(all.compactMap(\.keys.last))).sorted()) ?? ""
            problems.error(mark, "no value of this scenario has the path '\(text)'\(hint)")
        } else {
            let names = best.prefix(8).map {
                ($0.keys.count == wanted.count ? "/" : "") + $0.keys.joined(separator: "/")
            }
            problems.error(mark, "'\(text)' could be \(names.joined(separator: ", ")): write more of its path")
        }
        return nil
    }

    /// Of the paths that could be added, those that need the fewest new keys, then the shortest.
    private static func nearest(_ paths: [PathFinder.Path]) -> [PathFinder.Path] {
        guard let least = paths.map({ ($0.missingCount, $0.keys.count) }).min(by: <) else { return [] }
        return paths.filter { ($0.missingCount, $0.keys.count) == least }
    }
}

/// Lists the paths of a scenario: those that stand there and those that the grammar would let
/// stand.
enum PathFinder {
    struct Path {
        var keys: [String]
        /// How many of its keys do not stand in the file.
        var missingCount: Int
    }

    static func paths(of root: Node, entersCases: Bool) -> [Path] {
        below(root, Grammar.file, Path(keys: [], missingCount: 0), entersCases: entersCases)
    }

    private static func below(_ node: Node?, _ shape: MapShape, _ path: Path, entersCases: Bool) -> [Path] {
        shape.keys.flatMap { key -> [Path] in
            let value = node?[key.name]
            // What an experiment measures is not changed by a value that it does not have.
            if value == nil, ["produce", "consume", "start"].contains(key.name), path.keys.count > 1 { return [] }
            let here = Path(keys: path.keys + [key.name], missingCount: path.missingCount + (value == nil ? 1 : 0))
            if case .named(let named) = key.shape {
                let isEntered = key.name != "cases" || entersCases || value?.entries != nil
                return [here] + (isEntered ? inside(value, named, here, entersCases: entersCases) : [])
            }
            guard let inner = key.shape.map else { return [here] }
            return [here] + below(value?.entries == nil ? nil : value, inner, here, entersCases: entersCases)
        }
    }

    /// The paths below the user's names, which are no values themselves.
    private static func inside(_ node: Node?, _ named: NamedShape, _ path: Path, entersCases: Bool) -> [Path] {
        (node?.entries ?? []).flatMap { entry -> [Path] in
            let here = Path(keys: path.keys + [entry.key], missingCount: path.missingCount)
            let paths = below(entry.value, named.shape, here, entersCases: entersCases)
            return named.noun == "case" && !entersCases ? paths.filter { $0.missingCount == 0 } : paths
        }
    }
}

extension Node {
    /// The same tree with a value at a path, made where it is missing, and without what it
    /// excludes.
    func setting(_ path: ArraySlice<String>, to value: Node, _ shape: MapShape?, mark: Mark) -> Node {
        guard let key = path.first else { return value }
        var entries = has("each") ? [] : entries ?? []
        let excluded = shape?.excluded(by: key) ?? []
        entries.removeAll { excluded.contains($0.key) }
        let inner = shape?.key(key)?.shape
        let rest = path.dropFirst()
        let old = entries.first { $0.key == key }?.value ?? Node(.map([]), mark: mark)
        let new: Node
        if case .named(let named) = inner, let name = rest.first {
            new = old.settingEntry(
                name,
                to: (old[name] ?? Node(.map([]), mark: mark)).setting(
                    rest.dropFirst(), to: value, named.shape, mark: mark), mark: mark)
        } else {
            new = old.setting(rest, to: value, inner?.map, mark: mark)
        }
        var node = self
        node.content = .map(entries)
        return node.settingEntry(key, to: new, mark: mark)
    }

    private func settingEntry(_ key: String, to value: Node, mark: Mark) -> Node {
        var entries = entries ?? []
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value = value
        } else {
            entries.append(Entry(key: key, keyMark: mark, value: value))
        }
        var node = self
        node.content = .map(entries)
        return node
    }
}
