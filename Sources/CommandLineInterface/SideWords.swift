import Names
import Results

/// What the command line says of one side of a gate: `weir=PATH`, `target=HOST:PORT` and
/// `set=PATH=VALUE`, each given by an option of its own.
struct SideWords: Equatable {
    /// The side's name.
    let name: String
    /// The build that measures it; none for this one.
    private(set) var weir: String?
    /// The cluster that it is measured on; none for the scenario's target.
    private(set) var target: String?
    /// Overrides of the scenario, in their order.
    private(set) var sets: [String] = []
    /// All of it as it was given.
    let said: [String]

    private static let kinds = ["weir", "target", "set"]

    /// Reads what `--baseline` or `--candidate` said.
    init(_ said: [String], name: String) throws(UsageError) {
        (self.name, self.said) = (name, said)
        for word in said { try add(word) }
    }

    private mutating func add(_ word: String) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, Self.kinds.contains(parts[0]), !parts[1].isEmpty else {
            throw UsageError(message: "gate: --\(name) '\(word)' \(Self.objection(parts))")
        }
        switch parts[0] {
        case "set": sets.append(parts[1])
        case "weir" where weir == nil: weir = parts[1]
        case "target" where target == nil: target = parts[1]
        default: throw UsageError(message: "gate: --\(name) says \(parts[0]) twice")
        }
    }

    private static func objection(_ parts: [String]) -> String {
        if parts[0] == "client" { return "measures another client, which is not there yet: it is always Weir's own" }
        let hint = kinds.contains(parts[0]) ? nil : NearestName.find(parts[0], among: kinds)
        return "is no side: write weir=PATH, target=HOST:PORT or set=PATH=VALUE"
            + (hint.map { " (did you mean \($0)=?)" } ?? "")
    }
}
