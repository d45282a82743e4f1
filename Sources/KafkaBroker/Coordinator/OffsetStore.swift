import KafkaProtocol

/// What groups committed, in memory: by group, then by topic and partition.
///
/// Topics are meant by their id, so that a topic that is deleted and made again starts without
/// commits.
struct OffsetStore: Equatable {
    /// A partition of a topic.
    struct Place: Hashable {
        var topicId: KafkaUUID
        var partition: Int32
    }

    /// A commit.
    struct Commit: Equatable {
        var offset: Int64
        var leaderEpoch: Int32 = -1
        var metadata = ""
    }

    private(set) var groups: [String: [Place: Commit]] = [:]
    /// Commits that stand now, over all groups.
    private(set) var count = 0

    /// Sets a commit, over an earlier one of the same group and partition.
    mutating func set(_ commit: Commit, group: String, _ place: Place) {
        if groups[group, default: [:]].updateValue(commit, forKey: place) == nil { count += 1 }
    }

    /// The commit of a group for a partition.
    func commit(group: String, _ place: Place) -> Commit? { groups[group]?[place] }

    /// Forgets a group with all its commits.
    mutating func forget(group: String) { count -= groups.removeValue(forKey: group)?.count ?? 0 }

    /// Forgets a commit; the group goes with its last.
    mutating func forget(group: String, _ place: Place) {
        guard groups[group]?.removeValue(forKey: place) != nil else { return }
        count -= 1
        if groups[group]?.isEmpty == true { groups[group] = nil }
    }

    /// Forgets the commits for topics that `isKnown` does not know.
    mutating func forgetTopics(unless isKnown: (KafkaUUID) -> Bool) {
        for (group, commits) in groups {
            let kept = commits.filter { isKnown($0.key.topicId) }
            guard kept.count < commits.count else { continue }
            count -= commits.count - kept.count
            groups[group] = kept.isEmpty ? nil : kept
        }
    }
}
