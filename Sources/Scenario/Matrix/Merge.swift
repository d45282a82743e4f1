/// Lays one layer of a scenario over another: file, experiment, case.
enum Merge {
    /// `upper` over `lower`, key by key; a key that excludes others takes their place.
    static func merge(_ upper: Node, over lower: Node, _ shape: MapShape) -> Node {
        guard let above = upper.entries, let below = lower.entries, !upper.has("each"), !lower.has("each") else {
            return upper
        }
        let excluded = Set(above.flatMap { shape.excluded(by: $0.key) })
        var entries = below.filter { !excluded.contains($0.key) }
        for entry in above {
            guard let index = entries.firstIndex(where: { $0.key == entry.key }) else {
                entries.append(entry)
                continue
            }
            var merged = entry
            if let inner = shape.key(entry.key)?.shape.map {
                merged.value = merge(entry.value, over: entries[index].value, inner)
            }
            entries[index] = merged
        }
        var result = upper
        result.content = .map(entries)
        result.isDamaged = upper.isDamaged || lower.isDamaged
        return result
    }
}

extension Node {
    /// The same map with only these keys.
    func keeping(_ names: Set<String>) -> Node {
        guard let entries else { return self }
        var node = self
        node.content = .map(entries.filter { names.contains($0.key) })
        return node
    }

    /// The node at the end of a path of keys.
    func at(_ path: some Collection<String>) -> Node? {
        path.reduce(Optional(self)) { node, key in node?[key] }
    }

    /// The same tree with another node at the end of a path.
    func replacing(_ path: ArraySlice<String>, by value: Node) -> Node {
        guard let key = path.first, var entries, let index = entries.firstIndex(where: { $0.key == key }) else {
            return path.isEmpty ? value : self
        }
        entries[index].value = entries[index].value.replacing(path.dropFirst(), by: value)
        var node = self
        node.content = .map(entries)
        return node
    }

    /// The paths at which `{each: […]}` stands, in the tree's order.
    func eachPaths(below path: [String] = []) -> [[String]] {
        if alternatives != nil { return [path] }
        return (entries ?? []).flatMap { $0.value.eachPaths(below: path + [$0.key]) }
    }
}
