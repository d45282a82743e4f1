internal import System

/// Why the commits of somebody's group cannot be saved, or read, and what to do.
public struct SavedCommitsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        /// The folder or the file cannot be written.
        case unwritable(errno: Int32)
        /// The file or the folder cannot be read.
        case unreadable(errno: Int32)
        /// More bytes than are read.
        case tooLarge(limit: Int)
        /// Not what a run writes.
        case damaged(String)
        /// A format that this version does not know.
        case unknownFormat(String)
        /// Another process holds the lock for too long.
        case locked
    }

    /// What is wrong.
    public let code: Code
    /// The file or folder.
    public let path: String

    /// An error at a file or folder.
    public init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    /// What is wrong and what to do, in words.
    public var description: String {
        switch code {
        case .unwritable(let number):
            "\(path): cannot be written (\(Errno(number).text)), and a group's commits are saved there before the group "
                + "is moved: make \(FileSystem.folder(of: path)) writable, or let XDG_STATE_HOME name another folder"
        case .unreadable(let number): "\(path): cannot be read: \(Errno(number).text)"
        case .tooLarge(let limit): "\(path): more than \(limit / 1_000_000) MB, the bound for saved commits"
        case .damaged(let what): "\(path): saved commits that cannot be read: \(what)"
        case .unknownFormat(let format):
            "\(path): its format is '\(format)', and this weir reads '\(SavedCommits.currentFormat)': use another version"
        case .locked: "\(path): another weir holds this lock: wait for its end, and try again"
        }
    }
}
