import KafkaClient
import Results
import Synchronization

/// Somebody's group that starts may commit to: what it has committed is saved before each repeat,
/// and put back after it.
actor GroupGuard {
    private let admin: Admin
    private let file: CommitsFile
    private let partitions: [TopicPartition]
    /// What tells its entry in the file from others'.
    private let key: SavedCommits.Entry
    /// Says that the run is at work.
    private let atWork: FileLock
    /// What is saved, while the group is lent.
    private var lent: SavedCommits.Entry?
    /// What was committed last, by partition.
    private var last: [Int64?] = []

    private init(
        admin: Admin, file: CommitsFile, partitions: [TopicPartition], key: SavedCommits.Entry, atWork: FileLock
    ) {
        self.admin = admin
        self.file = file
        self.partitions = partitions
        self.key = key
        self.atWork = atWork
    }

    /// Where its commits are saved.
    nonisolated var path: String { file.path }
    /// The group.
    nonisolated var group: String { key.group }
    /// The topic.
    nonisolated var topic: String { key.topic }

    /// Saves what a group has committed on a topic.
    ///
    /// - Throws: where it has members, where another run has moved it (``GroupTaken``), or where
    ///   nothing can be saved.
    static func open(
        group: String, partitions: [TopicPartition], topic: String, servers: String, file: CommitsFile, admin: Admin
    ) async throws -> GroupGuard {
        try await refuseMembers(group, admin)
        // What it has is read once no other run can move it, so there is nothing to put back yet.
        let claim = SavedCommits.Entry(
            clusterId: try await admin.clusterId(), bootstrapServers: servers, group: group, topic: topic,
            existed: true, partitions: [])
        let atWork = try await file.holdWhileAtWork()
        let isFirst: Bool
        do {
            isFirst = try await file.claim(claim)
        } catch {
            if try file.read() == nil { file.removeLock() }
            throw error
        }
        let guarded = GroupGuard(admin: admin, file: file, partitions: partitions, key: claim, atWork: atWork)
        guard isFirst else { return guarded }
        do {
            _ = try await guarded.save()
        } catch {
            try file.remove(claim)
            throw error
        }
        return guarded
    }

    /// Whether the group is there. Throws where it has members, whose positions would be moved.
    @discardableResult
    private static func refuseMembers(_ group: String, _ admin: Admin) async throws -> Bool {
        switch try await admin.occupancy(of: group) {
        case .absent: return false
        case .empty: return true
        case .members(let count, let state):
            let members = count.map { "\($0) member\($0 == 1 ? "" : "s")" } ?? "members"
            throw EngineError(
                "group '\(group)' has \(members) (\(state)): it is committed to only while it has none; "
                    + "stop its consumers, or say group: new")
        }
    }

    /// Saves what the group has now, as its owner may have gone on since the last repeat.
    private func save() async throws -> SavedCommits.Entry {
        var entry = key
        entry.existed = try await Self.refuseMembers(group, admin)
        let commits = try await admin.commits(group: group, partitions: partitions)
        entry.partitions = partitions.map { place in
            SavedCommits.Partition(
                partition: place.partition, offset: commits[place]?.offset,
                leaderEpoch: commits[place]?.leaderEpoch ?? -1, metadata: commits[place]?.metadata ?? "")
        }
        try updateOrEnd(entry)
        return entry
    }

    /// Updates the group's entry in the file. Throws where somebody has deleted it, because nothing
    /// may be moved that is not saved.
    private func updateOrEnd(_ entry: SavedCommits.Entry) throws {
        guard try file.update(entry) else {
            throw EngineError("the saved commits of group '\(group)' are not in \(path) any more", code: .notPutBack)
        }
    }

    /// Lends the group for what `body` does with it, and puts its commits back however that ends.
    ///
    /// - Throws: an error with the code `notPutBack` where that fails now, or failed before: then
    ///   the group is not moved.
    func lend<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        try await putBackOrEnd(after: nil)
        lent = try await save()
        last = partitions.map { _ in nil }
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        lent = nil
        var failure: (any Error)? { if case .failure(let error) = outcome { error } else { nil } }
        try await putBackOrEnd(after: failure)
        return try outcome.get()
    }

    /// Notes on the disk what is about to be committed, so that it is known for the run's own.
    ///
    /// - Throws: ``CommitsLeft`` where somebody has committed since the run did, and would be
    ///   overwritten.
    func willCommit(_ offsets: [Int64]) async throws {
        if let lent, lent.isMoved { try await refuseOthersCommits(lent) }
        guard var entry = lent, entry.partitions.count == offsets.count else {
            throw EngineError("group '\(group)' is to be committed to while it is not lent")
        }
        for (index, offset) in offsets.enumerated() where entry.partitions[index].moved?.contains(offset) != true {
            // Until this commit is acknowledged, the one before it may still be the group's.
            entry.partitions[index].moved = (last[index].map { [$0] } ?? []) + [offset]
        }
        last = offsets
        guard entry != lent else { return }
        try updateOrEnd(entry)
        lent = entry
    }

    private func refuseOthersCommits(_ entry: SavedCommits.Entry) async throws {
        let found = try await admin.commits(group: group, partitions: partitions)
        let left = PutBackPlan(entry, found: found).left
        if !left.isEmpty { throw CommitsLeft(left, of: entry, path: path) }
    }

    /// Puts back what still has to be, and forgets what was saved.
    func close() async throws {
        lent = nil
        try await putBack()
        try file.remove(key)
    }

    private func putBackOrEnd(after first: (any Error)?) async throws {
        do {
            try await putBack()
        } catch {
            let before = first.map { " (the repeat had failed before: \($0))" } ?? ""
            throw EngineError(
                "the commits of group '\(group)' on topic '\(topic)', saved in \(path), were not put back: \(error)\(before)",
                code: .notPutBack)
        }
    }

    private func putBack() async throws {
        guard var entry = try file.entry(like: key), entry.isMoved else { return }
        do {
            try await entry.putBack(admin, savedIn: path)
        } catch {
            try file.update(entry)
            throw error
        }
        try file.update(entry)
    }
}

/// The groups of somebody's on one cluster, each with who guards it now.
final class GuardedGroups: Sendable {
    private struct Place: Hashable {
        let group: String
        let topic: String
    }

    private let guards = Mutex<[Place: GroupGuard]>([:])

    /// Lets a guard know of the commits to its group from now on.
    func add(_ guarded: GroupGuard) {
        guards.withLock { $0[Place(group: guarded.group, topic: guarded.topic)] = guarded }
    }

    /// Notes what is about to be committed, where the group is somebody's; throws where it is not
    /// lent.
    func willCommit(group: String, topic: String, offsets: [Int64]) async throws {
        try await guards.withLock({ $0[Place(group: group, topic: topic)] })?.willCommit(offsets)
    }
}
