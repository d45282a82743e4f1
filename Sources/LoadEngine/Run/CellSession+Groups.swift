import KafkaClient
import Results
import Scenario

extension CellSession {
    /// Saves the commits of somebody's group that starts may move.
    static func guardGroup(
        of cell: Cell, _ partitions: [TopicPartition], _ target: TargetSession, _ runId: RunId
    ) async throws -> GroupGuard? {
        guard case .existing(let group, true) = cell.workload.start?.group, let topic = cell.topic.existing else {
            return nil
        }
        let guarded = try await GroupGuard.open(
            group: group, partitions: partitions, topic: topic, servers: target.name,
            file: CommitsFile(run: runId), admin: target.controlClient.admin)
        target.belongings.add(.commits, guarded.leftoverText, on: target.name)
        return guarded
    }

    /// A repeat of starts. Somebody's group is guarded meanwhile; a group of the run's own is noted
    /// before the first commit to it.
    func measure(_ spec: StartSpec, _ run: RepeatRun) async throws -> Repeat {
        if !target.isEmbedded, case .new = spec.group, spec.committed != .nothing {
            target.belongings.add(.group, groupBase.group(round: run.round), on: target.name)
        }
        let starts = StartRepeat(session: self, spec: spec)
        guard let groupGuard else {
            return try await starts.run(run)
        }
        target.controlClient.guardedGroups.add(groupGuard)
        return try await groupGuard.lend { try await starts.run(run) }
    }

    /// The groups that this cell has committed to and that are the run's own.
    var ownGroups: [String] {
        target.belongings.names(.group, on: target.name).filter { $0.hasPrefix(groupBase.base + "-") }
    }

    /// Puts back the commits that it moved.
    func putBack() async throws {
        guard let groupGuard else { return }
        try await groupGuard.close()
        target.belongings.remove(.commits, groupGuard.leftoverText, on: target.name)
    }

    /// Deletes its own groups; throws which of them could not be, and why.
    func deleteGroups() async throws {
        let groups = ownGroups
        guard !groups.isEmpty else { return }
        let failures = try await target.controlClient.admin.deleteGroups(groups)
        for group in groups where failures[group] == nil {
            target.belongings.remove(.group, group, on: target.name)
        }
        guard failures.isEmpty else {
            throw EngineError(failures.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: "; "))
        }
    }
}

extension GroupGuard {
    /// How it is named in the list of what is left.
    nonisolated var leftoverText: String { "'\(group)' (its commits are saved in \(path))" }
}
