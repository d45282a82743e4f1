import Synchronization

/// What a run has made or moved on clusters and not yet removed or put back. It is named when the
/// run ends before that.
public final class Belongings: Sendable {
    /// What it is and where.
    struct Item: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case topic, group, commits }

        let kind: Kind
        let name: String
        let cluster: String
    }

    private let items = Mutex<[Item]>([])

    /// Nothing yet.
    public init() {}

    /// Notes what is about to be made or moved.
    func add(_ kind: Item.Kind, _ name: String, on cluster: String) {
        let item = Item(kind: kind, name: name, cluster: cluster)
        items.withLock { if !$0.contains(item) { $0.append(item) } }
    }

    /// Removes what is deleted, or put back.
    func remove(_ kind: Item.Kind, _ name: String, on cluster: String) {
        items.withLock { $0.removeAll { $0 == Item(kind: kind, name: name, cluster: cluster) } }
    }

    /// The names of one kind that are still there.
    func names(_ kind: Item.Kind, on cluster: String) -> [String] {
        items.withLock { $0.filter { $0.kind == kind && $0.cluster == cluster }.map(\.name) }
    }

    /// What is still there, a line a kind and cluster, each followed by the command that removes
    /// it; empty where nothing is.
    public func lines(run: RunId, commandConfig: String?) -> [String] {
        let left = items.withLock { $0 }
        var lines: [String] = []
        for cluster in left.map(\.cluster).uniqued() {
            let here = left.filter { $0.cluster == cluster }
            for (kind, noun) in [(Item.Kind.topic, "topics"), (.group, "groups"), (.commits, "moved groups")] {
                let names = here.filter { $0.kind == kind }.map(\.name)
                if !names.isEmpty { lines.append("left on \(cluster): \(noun) \(names.joined(separator: ", "))") }
            }
            let config = commandConfig.map { " --command-config \($0)" } ?? ""
            lines.append("to remove it: weir clean --bootstrap-servers \(cluster)\(config) --run \(run)")
        }
        return lines
    }
}

extension Array where Element: Hashable {
    /// The elements without those that stand before.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
