import KafkaClient
import Results

/// Somebody's group that starts may commit to: what it has committed is saved first, and put back
/// after each repeat.
actor GroupGuard {
    private let admin: Admin
    private let file: CommitsFile
    private let entry: SavedCommits.Entry
    private var isMoved = false

    private init(admin: Admin, file: CommitsFile, entry: SavedCommits.Entry) {
        self.admin = admin
        self.file = file
        self.entry = entry
    }

    /// Where its commits are saved.
    nonisolated var path: String { file.path }
    /// The group.
    nonisolated var group: String { entry.group }

    /// Saves what a group has committed on a topic; throws where it has members, or where nothing
    /// can be saved.
    static func open(
        group: String, partitions: [TopicPartition], topic: String, servers: String, file: CommitsFile, admin: Admin
    ) async throws -> GroupGuard {
        let existed = try await refuseMembers(group, admin)
        let commits = try await admin.commits(group: group, partitions: partitions)
        let entry = SavedCommits.Entry(
            clusterId: try await admin.clusterId(), bootstrapServers: servers, group: group, topic: topic,
            existed: existed,
            partitions: partitions.map { partition in
                SavedCommits.Partition(
                    partition: partition.partition, offset: commits[partition]?.offset,
                    leaderEpoch: commits[partition]?.leaderEpoch ?? -1, metadata: commits[partition]?.metadata ?? "")
            })
        try file.add(entry)
        return GroupGuard(admin: admin, file: file, entry: entry)
    }

    /// Whether the group is there; throws where it has members, whose places would be moved under
    /// them.
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

    /// Lends the group for what `body` does with it, and puts its commits back, whatever became of
    /// that.
    func lend<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        try await Self.refuseMembers(entry.group, admin)
        isMoved = true
        let value: Value
        do {
            value = try await body()
        } catch {
            // What went wrong first is what counts; the end of the cell tries again and tells.
            try? await putBack()
            throw error
        }
        try await putBack()
        return value
    }

    /// Puts the commits back, and forgets what was saved.
    func close() async throws {
        if isMoved { try await putBack() }
        try file.remove(entry)
    }

    private func putBack() async throws {
        try await entry.putBack(admin)
        isMoved = false
    }
}

extension SavedCommits.Entry {
    /// Puts a group's commits back as they were: those that were not there are taken away, and so
    /// is a group that was not.
    func putBack(_ admin: Admin) async throws {
        func named(_ partition: SavedCommits.Partition) -> TopicPartition {
            TopicPartition(topic: topic, partition: partition.partition)
        }
        guard existed else {
            if let failure = try await admin.deleteGroups([group])[group] { throw failure }
            return
        }
        var commits: [TopicPartition: CommittedOffset] = [:]
        for partition in partitions {
            guard let offset = partition.offset else { continue }
            commits[named(partition)] = CommittedOffset(
                offset: offset, leaderEpoch: partition.leaderEpoch, metadata: partition.metadata)
        }
        if !commits.isEmpty { try await admin.commit(group: group, commits: commits) }
        let none = partitions.filter { $0.offset == nil }.map(named)
        if !none.isEmpty { try await admin.deleteOffsets(group: group, partitions: none) }
    }
}
