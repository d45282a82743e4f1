internal import Foundation
public import Results

/// Where the commits of somebody's groups are kept while a run moves them: a file a run, in the
/// user's folder for state.
///
/// Beside it is a file that the run holds a lock on while it has anything saved, by which `weir
/// clean` knows that it is still at work. Another lock, on a file beside the folder, lets one run
/// at a time look what others have and add to it.
public struct CommitsFile: Sendable {
    /// The file.
    public let path: String
    private let run: RunId
    private let folder: String

    /// The file of a run: `$XDG_STATE_HOME/weir/commits/RUN.json`, or under `~/.local/state`.
    public init(run: RunId) { self.init(run: run, environment: ProcessInfo.processInfo.environment) }

    init(run: RunId, environment: [String: String]) { self.init(run: run, folder: Self.folder(environment)) }

    private init(run: RunId, folder: String) {
        self.run = run
        self.folder = folder
        path = "\(folder)/\(run).json"
    }

    /// The runs that have left one.
    static func runs(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SavedCommitsError) -> [RunId] { try runs(in: folder(environment)) }

    private static func runs(in folder: String) throws(SavedCommitsError) -> [RunId] {
        try SavedCommits.fileNames(in: folder).filter { $0.hasSuffix(".json") }.compactMap { RunId($0.dropLast(5)) }
    }

    private static func folder(_ environment: [String: String]) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/weir/commits" }
        return "\(environment["HOME"] ?? NSTemporaryDirectory())/.local/state/weir/commits"
    }

    /// What a run left there; nil where it left nothing.
    public func read() throws(SavedCommitsError) -> SavedCommits? { try SavedCommits.read(path: path) }

    /// What it holds of a group on a topic.
    func entry(like entry: SavedCommits.Entry) throws(SavedCommitsError) -> SavedCommits.Entry? {
        try read()?.entries.first { $0.isSame(as: entry) }
    }

    /// Replaces a group's entry; returns false where there is none.
    @discardableResult
    func update(_ entry: SavedCommits.Entry) throws(SavedCommitsError) -> Bool {
        guard var saved = try read(), let index = saved.entries.firstIndex(where: { $0.isSame(as: entry) }) else {
            return false
        }
        saved.entries[index] = entry
        try saved.write(path: path)
        return true
    }

    /// Takes away what was put back; the file goes with the last.
    func remove(_ entry: SavedCommits.Entry) throws(SavedCommitsError) {
        guard var saved = try read() else { return }
        saved.entries.removeAll { $0.isSame(as: entry) }
        guard saved.entries.isEmpty else { return try saved.write(path: path) }
        if saved.othersTopics?.isEmpty == false {
            try saved.write(path: path)
        } else {
            SavedCommits.remove(path: path)
        }
        removeLock()
    }

    /// Notes that a topic named as the run's is somebody else's.
    func leave(topic: String, clusterId: String?) throws(SavedCommitsError) {
        var saved = try read() ?? SavedCommits(runId: run.description)
        let topic = SavedCommits.Topic(clusterId: clusterId, name: topic)
        guard saved.othersTopics?.contains(topic) != true else { return }
        saved.othersTopics = (saved.othersTopics ?? []) + [topic]
        try saved.write(path: path)
    }
}

extension CommitsFile {
    /// Where the lock is that the run holds.
    var lockPath: String { "\(folder)/\(run).lock" }

    private static let lockTryCount = 500
    private static let lockPauseMs = 10

    /// Says for as long as it is held that the run is at work; each group that it saves holds it.
    func holdWhileAtWork() async throws -> FileLock { try await Self.wait(for: .shared, at: lockPath) }

    /// Takes the lock's file away where nothing is saved.
    func removeLock() { SavedCommits.remove(path: lockPath) }

    /// Keeps others from the file of a run that is over; nil while that run is at work on this
    /// host.
    func lockToClean() throws(SavedCommitsError) -> FileLock? { try FileLock.take(.exclusive, path: lockPath) }

    /// Takes a group's commits on a topic for this run, before they are read: nobody else may move
    /// what is to be saved.
    ///
    /// - Returns: false where this run has them already.
    /// - Throws: ``GroupTaken`` while another run has them, though it may be over.
    func claim(_ entry: SavedCommits.Entry) async throws -> Bool {
        let lock = try await Self.wait(for: .exclusive, at: "\(folder).lock")
        defer { withExtendedLifetime(lock) {} }
        for run in try Self.runs(in: folder) where run != self.run {
            let other = CommitsFile(run: run, folder: folder)
            guard try other.read()?.entries.contains(where: { $0.isSame(as: entry) }) == true else { continue }
            throw GroupTaken(
                group: entry.group, topic: entry.topic, run: run, path: other.path, servers: entry.bootstrapServers)
        }
        var saved = try read() ?? SavedCommits(runId: run.description)
        guard !saved.entries.contains(where: { $0.isSame(as: entry) }) else { return false }
        saved.entries.append(entry)
        try saved.write(path: path)
        return true
    }

    /// A lock is held for as long as it takes to read and write a few files, so it is soon free.
    private static func wait(for kind: FileLock.Kind, at path: String) async throws -> FileLock {
        for _ in 0..<lockTryCount {
            if let lock = try FileLock.take(kind, path: path) { return lock }
            try await Task.sleep(for: .milliseconds(lockPauseMs))
        }
        throw SavedCommitsError(.locked, path: path)
    }
}

extension SavedCommits.Entry {
    /// Whether it is the same group's on the same topic and cluster, wherever that was reached, if
    /// it has an id.
    fileprivate func isSame(as other: Self) -> Bool {
        (clusterId, group, topic) == (other.clusterId, other.group, other.topic)
            && (clusterId != nil || bootstrapServers == other.bootstrapServers)
    }
}

/// Another run has saved the group's commits, so the present ones may be that run's.
struct GroupTaken: Error, CustomStringConvertible {
    let group: String
    let topic: String
    /// The other run.
    let run: RunId
    /// Where it has saved them.
    let path: String
    let servers: String

    var description: String {
        "run \(run) has the commits of group '\(group)' on topic '\(topic)', saved in \(path): wait for its end or, if it is "
            + "over, put them back by weir clean --bootstrap-servers \(servers) --run \(run)"
    }
}
