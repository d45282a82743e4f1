internal import Foundation
internal import System

/// The commits of somebody's groups before a run moved them, kept in a file until they are put
/// back.
public struct SavedCommits: Codable, Sendable, Equatable {
    /// The name and version of the format.
    public static let currentFormat = "weir.commits/1"

    /// The format's name and version.
    public private(set) var format = SavedCommits.currentFormat
    /// The run that moved them.
    public var runId: String
    /// The groups, each with one topic.
    public var entries: [Entry] = []
    /// Topics named as the run's that are somebody else's, who made them after the run's were
    /// deleted.
    public var othersTopics: [Topic]?

    /// One group's commits on one topic.
    public struct Entry: Codable, Sendable, Equatable {
        /// The cluster's own id, so that they are never put back on another.
        public var clusterId: String?
        /// Where it was reached.
        public var bootstrapServers: String
        /// The group.
        public var group: String
        /// The topic.
        public var topic: String
        /// Whether the group was there at all.
        public var existed: Bool
        /// What it had committed, partition by partition.
        public var partitions: [Partition]

        /// The commits of a group.
        public init(
            clusterId: String?, bootstrapServers: String, group: String, topic: String, existed: Bool,
            partitions: [Partition]
        ) {
            self.clusterId = clusterId
            self.bootstrapServers = bootstrapServers
            self.group = group
            self.topic = topic
            self.existed = existed
            self.partitions = partitions
        }
    }

    /// A topic of a cluster.
    public struct Topic: Codable, Sendable, Hashable {
        /// The cluster's own id.
        public var clusterId: String?
        /// The topic's name.
        public var name: String

        /// A topic of a cluster.
        public init(clusterId: String?, name: String) {
            self.clusterId = clusterId
            self.name = name
        }
    }

    /// One partition's commit.
    public struct Partition: Codable, Sendable, Equatable {
        /// The partition.
        public var partition: Int32
        /// Where it stood; none where there was no commit.
        public var offset: Int64?
        /// The leader's epoch beside it; -1 where there was none.
        public var leaderEpoch: Int32
        /// What the committer noted with it.
        public var metadata: String
        /// What the run has committed since, or may have; empty where it has not moved the
        /// partition. Nil in files of versions that did not record it.
        public var moved: [Int64]?

        /// A commit, or its absence, that the run has not moved.
        public init(
            partition: Int32, offset: Int64?, leaderEpoch: Int32 = -1, metadata: String = "", moved: [Int64]? = []
        ) {
            self.partition = partition
            self.offset = offset
            self.leaderEpoch = leaderEpoch
            self.metadata = metadata
            self.moved = moved
        }
    }

    /// What a run has saved, at first nothing.
    public init(runId: String) { self.runId = runId }

    private static let byteCountMax = 64 << 20

    /// Reads what a run left; nil where it left nothing.
    public static func read(path: String) throws(SavedCommitsError) -> SavedCommits? {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try BoundedRead.file(path, byteCountMax: byteCountMax)
        } catch {
            if error.number == ENOENT { return nil }
            throw SavedCommitsError(.unreadable(errno: error.number), path: path)
        }
        guard bytes.count <= byteCountMax else {
            throw SavedCommitsError(.tooLarge(limit: byteCountMax), path: path)
        }
        let saved: SavedCommits
        do {
            saved = try JSONDecoder().decode(SavedCommits.self, from: Data(bytes))
        } catch {
            throw SavedCommitsError(.damaged("\(error)"), path: path)
        }
        guard saved.format == currentFormat else { throw SavedCommitsError(.unknownFormat(saved.format), path: path) }
        return saved
    }

    /// The names of the files in a folder of saved commits; none where there is no such folder.
    ///
    /// - Throws: ``SavedCommitsError`` where the folder cannot be read.
    public static func fileNames(in folder: String) throws(SavedCommitsError) -> [String] {
        do throws(Errno) {
            return try FileSystem.names(in: folder)
        } catch {
            if error.number == ENOENT { return [] }
            throw SavedCommitsError(.unreadable(errno: error.number), path: folder)
        }
    }

    /// Writes it in the file's place, whole or not at all, and onto the disk before it returns.
    public func write(path: String) throws(SavedCommitsError) {
        do throws(Errno) {
            try FileSystem.makeFolder(FileSystem.folder(of: path))
        } catch {
            throw SavedCommitsError(.unwritable(errno: error.number), path: path)
        }
        let bytes: [UInt8]
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            bytes = Array(try encoder.encode(self))
        } catch {
            throw SavedCommitsError(.damaged("\(error)"), path: path)
        }
        do throws(Errno) {
            try FileSystem.replace(path, with: bytes)
        } catch {
            throw SavedCommitsError(.unwritable(errno: error.number), path: path)
        }
    }

    /// Removes the file: everything was put back.
    public static func remove(path: String) { FileSystem.remove(path) }
}
