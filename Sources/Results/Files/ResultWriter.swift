internal import Glibc
internal import System

/// Keeps a run's result in a file of its own: written at the begin and after every repeat, each
/// time whole.
public struct ResultWriter: Sendable {
    /// Where the result is written.
    public let path: String

    /// The room that a run wants on the disk of its results before it begins.
    public static let freeBytesMin: UInt64 = 64 << 20

    private static let nameByteCountMax = 100
    private static let sameSecondMax = 1000

    /// Says before a run whether its result could be written into a folder, which is made if it is
    /// missing.
    public static func check(folder: String) throws(ResultFileError) {
        do { try FileSystem.makeFolder(folder) } catch {
            throw ResultFileError(.folder(errno: error.number), path: folder)
        }
        let probe = "\(folder)/.weir-probe.\(getpid())"
        do { try FileSystem.replace(probe, with: [0]) } catch {
            let isFull = error.number == ENOSPC || error.number == EDQUOT
            throw ResultFileError(isFull ? .diskFull(freeBytes: nil) : .folder(errno: error.number), path: folder)
        }
        FileSystem.remove(probe)
        if let free = DiskSpace.freeByteCount(at: folder), free < freeBytesMin {
            throw ResultFileError(.diskFull(freeBytes: free), path: folder)
        }
    }

    /// Says before a run whether its result could be written to a file of the user's choice.
    public static func check(path: String) throws(ResultFileError) {
        guard !FileSystem.isFolder(path) else { throw ResultFileError(.isFolder, path: path) }
        guard unsafe access(path, F_OK) != 0 else { throw ResultFileError(.exists, path: path) }
        try check(folder: FileSystem.folder(of: path))
    }

    /// Writes the begin of a run to `folder/<scenario>-<UTC time>.json`, with `-2` and so on if
    /// that exists.
    public init(folder: String, initial result: RunResult) throws(ResultFileError) {
        let name = "\(Self.fileName(result.scenario.name))-\(result.startedAt.compact)"
        path = try Self.reserve(nil, folder: folder, stem: name)
        try writeFirst(result)
    }

    /// Writes the begin of a run to a file of the user's choice, which must not exist.
    public init(path: String, initial result: RunResult) throws(ResultFileError) {
        self.path = try Self.reserve(path, folder: "", stem: "")
        try writeFirst(result)
    }

    /// Takes a file that does not exist for this run alone: the one at `path`, or without it
    /// `folder/stem.json`, with `-2` and so on if that exists. Folders are made.
    static func reserve(_ path: String?, folder: String, stem: String) throws(ResultFileError) -> String {
        let folder = path.map(FileSystem.folder) ?? folder
        do { try FileSystem.makeFolder(folder) } catch {
            throw ResultFileError(.folder(errno: error.number), path: folder)
        }
        if let path {
            guard try reserve(path) else { throw ResultFileError(.exists, path: path) }
            return path
        }
        var path = "\(folder)/\(stem).json"
        var number = 1
        while try !reserve(path) {
            number += 1
            guard number <= sameSecondMax else { throw ResultFileError(.exists, path: path) }
            path = "\(folder)/\(stem)-\(number).json"
        }
        return path
    }

    /// Replaces the file by the run as it is now; the old content stays whole if this fails.
    public func write(_ result: RunResult) throws(ResultFileError) {
        let bytes: [UInt8]
        do { bytes = try ResultJSON.encode(result) } catch {
            throw ResultFileError(.notAResult("it can't be encoded: \(error)"), path: path)
        }
        do { try FileSystem.replace(path, with: bytes) } catch { throw .refusal(error.number, path: path) }
    }

    /// Writes the file for the first time, and removes it if that fails, because an empty file is
    /// no result.
    private func writeFirst(_ result: RunResult) throws(ResultFileError) {
        do { try write(result) } catch {
            discard()
            throw error
        }
    }

    /// Removes the file of a run that gave nothing.
    public func discard() { FileSystem.remove(path) }

    /// Takes a name for this run alone; false when it is taken.
    private static func reserve(_ path: String) throws(ResultFileError) -> Bool {
        do { try FileSystem.createNew(path) } catch {
            if error.number == EEXIST || error.number == EISDIR { return false }
            let isFolder = error.number == EACCES || error.number == EROFS || error.number == ENOTDIR
            guard isFolder else { throw .refusal(error.number, path: path) }
            throw ResultFileError(.folder(errno: error.number), path: FileSystem.folder(of: path))
        }
        return true
    }

    /// A scenario's name, cut and cleaned for the name of a file.
    static func fileName(_ name: String) -> String {
        let kept = name.utf8.prefix(nameByteCountMax).map { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
                ? character : "-"
        }
        let text = String(kept)
        return text.isEmpty || text.hasPrefix(".") ? "result\(text)" : text
    }
}
