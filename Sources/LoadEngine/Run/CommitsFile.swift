internal import Foundation
public import Results

/// Where the commits of somebody's groups are kept while a run moves them: a file a run, in the
/// user's folder for state.
public struct CommitsFile: Sendable {
    /// The file.
    public let path: String
    private let run: RunId

    /// The file of a run: `$XDG_STATE_HOME/weir/commits/RUN.json`, or under `~/.local/state`.
    public init(run: RunId) { self.init(run: run, environment: ProcessInfo.processInfo.environment) }

    init(run: RunId, environment: [String: String]) {
        self.run = run
        path = "\(Self.folder(environment))/\(run).json"
    }

    /// The runs that have left one.
    static func runs(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ResultFileError) -> [RunId] {
        try SavedCommits.fileNames(in: folder(environment)).filter { $0.hasSuffix(".json") }
            .compactMap { RunId($0.dropLast(5)) }
    }

    private static func folder(_ environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/weir/commits" }
        return "\(environment["HOME"] ?? NSTemporaryDirectory())/.local/state/weir/commits"
    }

    /// What a run left there; nil where it left nothing.
    public func read() throws(ResultFileError) -> SavedCommits? { try SavedCommits.read(path: path) }

    /// Adds what one group has, before it is moved; what was saved before stands.
    func add(_ entry: SavedCommits.Entry) throws(ResultFileError) {
        var saved = try read() ?? SavedCommits(runId: run.description)
        guard !saved.entries.contains(where: { $0.isSame(as: entry) }) else { return }
        saved.entries.append(entry)
        try saved.write(path: path)
    }

    /// Takes away what was put back; the file goes with the last.
    func remove(_ entry: SavedCommits.Entry) throws(ResultFileError) {
        guard var saved = try read() else { return }
        saved.entries.removeAll { $0.isSame(as: entry) }
        if saved.entries.isEmpty { SavedCommits.remove(path: path) } else { try saved.write(path: path) }
    }
}

extension SavedCommits.Entry {
    /// Whether it is the same group's on the same topic and cluster.
    fileprivate func isSame(as other: Self) -> Bool {
        (group, topic) == (other.group, other.topic) && bootstrapServers == other.bootstrapServers
    }
}
