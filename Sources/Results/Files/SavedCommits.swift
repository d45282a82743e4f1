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

        /// A commit, or that there was none.
        public init(partition: Int32, offset: Int64?, leaderEpoch: Int32 = -1, metadata: String = "") {
            self.partition = partition
            self.offset = offset
            self.leaderEpoch = leaderEpoch
            self.metadata = metadata
        }
    }

    /// What a run has saved, at first nothing.
    public init(runId: String) { self.runId = runId }

    private static let byteCountMax = 64 << 20

    /// Reads what a run left; nil where it left nothing.
    public static func read(path: String) throws(ResultFileError) -> SavedCommits? {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try BoundedRead.file(path, byteCountMax: byteCountMax)
        } catch {
            if error.number == ENOENT { return nil }
            throw ResultFileError(.unreadable(errno: error.number), path: path)
        }
        guard bytes.count <= byteCountMax else {
            throw ResultFileError(.tooLarge(byteCount: bytes.count, limit: byteCountMax), path: path)
        }
        let saved: SavedCommits
        do {
            saved = try JSONDecoder().decode(SavedCommits.self, from: Data(bytes))
        } catch {
            throw ResultFileError(.notAResult("its commits cannot be read: \(error)"), path: path)
        }
        guard saved.format == currentFormat else { throw ResultFileError(.unknownFormat(saved.format), path: path) }
        return saved
    }

    /// The names of the files in a folder of saved commits; none where there is no such folder.
    ///
    /// - Throws: ``ResultFileError`` where the folder cannot be read.
    public static func fileNames(in folder: String) throws(ResultFileError) -> [String] {
        do throws(Errno) {
            return try FileSystem.names(in: folder)
        } catch {
            if error.number == ENOENT { return [] }
            throw ResultFileError(.unreadable(errno: error.number), path: folder)
        }
    }

    /// Writes it in the file's place, whole or not at all, and onto the disk before it returns.
    public func write(path: String) throws(ResultFileError) {
        do throws(Errno) {
            try FileSystem.makeFolder(FileSystem.folder(of: path))
        } catch {
            throw ResultFileError(.folder(errno: error.number), path: path)
        }
        let bytes: [UInt8]
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            bytes = Array(try encoder.encode(self))
        } catch {
            throw ResultFileError(.notAResult("\(error)"), path: path)
        }
        do throws(Errno) {
            try FileSystem.replace(path, with: bytes)
        } catch {
            throw ResultFileError.refusal(error.number, path: path)
        }
    }

    /// Removes the file: everything was put back.
    public static func remove(path: String) { FileSystem.remove(path) }
}
