import KafkaClient
import Results

/// What becomes of a group's commits when they are put back; pure.
///
/// Only a commit that the run made is changed. Any other is of somebody who has committed since.
struct PutBackPlan {
    /// What was there before.
    private(set) var restored: [TopicPartition: CommittedOffset] = [:]
    /// Where there was no commit before.
    private(set) var removed: [TopicPartition] = []
    /// What the run did not commit, in words, by partition.
    private(set) var left: [Int32: String] = [:]

    /// Compares what was saved with what a group has committed now.
    init(_ entry: SavedCommits.Entry, found: [TopicPartition: CommittedOffset]) {
        for saved in entry.partitions where saved.isMoved {
            let place = TopicPartition(topic: entry.topic, partition: saved.partition)
            let now = found[place]
            if now == saved.commit { continue }
            if let now, saved.isOfRun(now) {
                if let commit = saved.commit { restored[place] = commit } else { removed.append(place) }
            } else if now?.offset != saved.offset {
                left[saved.partition] =
                    "\(place) has \(now.map { "\($0.offset)" } ?? "no commit"), and had "
                    + (saved.offset.map { "\($0)" } ?? "none")
            }
        }
    }
}

extension SavedCommits.Partition {
    /// What is to be there again.
    fileprivate var commit: CommittedOffset? {
        offset.map { CommittedOffset(offset: $0, leaderEpoch: leaderEpoch, metadata: metadata) }
    }

    /// Whether the run has committed something else, or may have.
    fileprivate var isMoved: Bool { moved?.isEmpty != true }

    /// Whether a commit is one of the run's, which have neither an epoch nor a note.
    fileprivate func isOfRun(_ commit: CommittedOffset) -> Bool {
        moved?.contains(commit.offset) == true && commit == CommittedOffset(offset: commit.offset)
    }
}

extension SavedCommits.Entry {
    /// Whether the run has moved any of it, or may have.
    var isMoved: Bool { partitions.contains { $0.isMoved } }

    /// Restores a group's commits where they still are the run's own. Commits that did not exist
    /// before are removed, and so is a group that did not, if it has no other commit. What was put
    /// back counts as not moved.
    ///
    /// - Throws: ``CommitsLeft`` where somebody has committed since.
    mutating func putBack(_ admin: Admin, savedIn path: String) async throws {
        let places = partitions.filter(\.isMoved).map { TopicPartition(topic: topic, partition: $0.partition) }
        guard !places.isEmpty else { return }
        let plan = PutBackPlan(self, found: try await admin.commits(group: group, partitions: places))
        if !plan.restored.isEmpty { try await admin.commit(group: group, commits: plan.restored) }
        if !plan.removed.isEmpty { try await admin.deleteOffsets(group: group, partitions: plan.removed) }
        if !existed, plan.left.isEmpty, try await !admin.hasCommits(group: group) {
            if let failure = try await admin.deleteGroups([group])[group] { throw failure }
        }
        let before = self
        for index in partitions.indices where plan.left[partitions[index].partition] == nil {
            partitions[index].moved = []
        }
        guard plan.left.isEmpty else {
            throw CommitsLeft(plan.left, of: before, path: path)
        }
    }
}

/// That commits were left as they are, since the run did not make them.
struct CommitsLeft: Error, CustomStringConvertible {
    /// The partitions, each with what it has and had.
    let places: [String]
    /// Whether the file says what the run committed.
    let isRecorded: Bool
    /// Where the saved ones are.
    let path: String

    private static let namedCountMax = 8

    init(_ left: [Int32: String], of entry: SavedCommits.Entry, path: String) {
        places = left.sorted { $0.key < $1.key }.map(\.value)
        isRecorded = entry.partitions.allSatisfy { $0.moved != nil }
        self.path = path
    }

    var description: String {
        let named = places.prefix(Self.namedCountMax).joined(separator: ", ")
        let more = places.count > Self.namedCountMax ? " and \(places.count - Self.namedCountMax) more" : ""
        let why =
            isRecorded
            ? "somebody has committed since"
            : "an older weir saved them, and did not note which commits are its own"
        return "\(why): \(named)\(more). They are left as they are: set by hand what is wrong, then delete \(path)"
    }
}
