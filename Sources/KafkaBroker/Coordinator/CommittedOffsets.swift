import Bytes
import KafkaProtocol

/// The committed offsets of a data directory: in memory, and in a journal that survives kill -9.
final class CommittedOffsets {
    /// Commits that are kept; a client that makes more groups than that is refused instead of
    /// filling the memory.
    static let countMax = 1_000_000
    /// A group id's length, which Kafka leaves to the frame; entries of the journal need a bound.
    static let groupByteCountMax = 32_767
    private static let supersededCountMax = 50_000

    private(set) var store = OffsetStore()
    private let journal: Journal
    private var entryCountMax = 0
    private let log: (String) -> Void

    /// Opens the journal and drops commits for topics that are gone.
    init(path: String, isKnown: (KafkaUUID) -> Bool, log: @escaping (String) -> Void) throws(StorageError) {
        self.log = log
        var found = OffsetStore()
        journal = try Journal(path: path, log: log) { (reader) throws(WireError) in
            try OffsetEntry(parsing: &reader).apply(to: &found)
        }
        found.forgetTopics(unless: isKnown)
        store = found
        limitJournal()
    }

    /// Keeps commits of one group: all of them or, when that fails, none.
    func commit(group: String, _ commits: [(OffsetStore.Place, OffsetStore.Commit)]) throws(StorageError) {
        guard !commits.isEmpty else { return }
        guard store.count + commits.count <= Self.countMax else {
            throw StorageError(.noSpace, operation: "keep more than \(Self.countMax) offsets in", path: journal.path)
        }
        try record(commits.map { .commit(group: group, $0, $1) })
    }

    /// Forgets groups with all that they committed: all of them or, when that fails, none.
    func delete(groups: [String]) throws(StorageError) { try record(groups.map { .noGroup($0) }) }

    /// Forgets commits of one group: all of them or, when that fails, none.
    func delete(group: String, _ places: [OffsetStore.Place]) throws(StorageError) {
        try record(places.map { .noCommit(group: group, $0) })
    }

    private func record(_ entries: [OffsetEntry]) throws(StorageError) {
        guard !entries.isEmpty else { return }
        try journal.append { add in
            for entry in entries { add { entry.write(to: $0) } }
        }
        for entry in entries { entry.apply(to: &store) }
        compactIfNeeded()
    }

    /// Drops the commits for topics that are gone; the journal follows when it is rewritten.
    func forgetTopics(unless isKnown: (KafkaUUID) -> Bool) { store.forgetTopics(unless: isKnown) }

    private func limitJournal() { entryCountMax = 2 * store.count + Self.supersededCountMax }

    private func compactIfNeeded() {
        guard journal.entryCount > entryCountMax else { return }
        do {
            try journal.rewrite { add in
                for (group, commits) in store.groups {
                    for (place, commit) in commits {
                        add { OffsetEntry.commit(group: group, place, commit).write(to: $0) }
                    }
                }
            }
            limitJournal()
        } catch {
            // The journal only stays longer than it must be; the next attempt comes when it has
            // doubled.
            log("\(error)")
            entryCountMax = 2 * journal.entryCount
        }
    }
}
