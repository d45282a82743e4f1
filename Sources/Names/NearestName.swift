/// Finds the name that someone meant.
public enum NearestName {
    /// The candidate nearest to a name, if one is near enough to be meant.
    public static func find(_ name: String, among candidates: [String]) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
        let nearest = candidates.map { (name: $0, distance: distance(wanted, Array($0.lowercased().unicodeScalars))) }
            .min { $0.distance < $1.distance }
        if let nearest, nearest.distance <= max(1, wanted.count / 3) { return nearest.name }
        // `linger` for `linger.ms`, `level` for `compression.zstd.level` where only one has it.
        let parts = candidates.filter { candidate in
            wanted.count >= 3 && candidate.lowercased().contains(name.lowercased())
        }
        return parts.count == 1 ? parts[0] : nil
    }

    /// ` (did you mean 'x'?)`, or nothing.
    public static func hint(_ name: String, among candidates: [String]) -> String? {
        find(name, among: candidates).map { " (did you mean '\($0)'?)" }
    }

    /// How many characters to insert, delete, replace or swap with their neighbour.
    public static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
