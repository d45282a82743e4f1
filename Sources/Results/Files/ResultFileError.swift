internal import Glibc
internal import System

/// Why a result can't be written or read, where, and what to do.
public struct ResultFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        /// The folder can't be made or written to.
        case folder(errno: Int32)
        /// The file exists, and results are never overwritten.
        case exists
        /// The disk has no room, or less than is wanted.
        case diskFull(freeBytes: UInt64?)
        /// The file can't be read.
        case unreadable(errno: Int32)
        /// A folder stands where a file was meant.
        case isFolder
        /// Something else that the system refused.
        case system(errno: Int32)
        /// More bytes than are read, which are so many at most.
        case tooLarge(limit: Int)
        /// Not a result at all, or not JSON.
        case notAResult(String)
        /// A format that this version does not know.
        case unknownFormat(String)
        /// A result whose content is wrong at a place, such as `experiments[0].cells[2].broker`.
        case damaged(jsonPath: String, what: String)
    }

    /// What is wrong.
    public let code: Code
    /// The file or folder.
    public let path: String

    init(_ code: Code, path: String) {
        self.code = code
        self.path = path
    }

    /// The system's refusal of a write, which may mean a full disk.
    static func refusal(_ number: Int32, path: String) -> ResultFileError {
        let isFull = number == ENOSPC || number == EDQUOT
        return ResultFileError(isFull ? .diskFull(freeBytes: nil) : .system(errno: number), path: path)
    }

    /// What is wrong and what to do, in words.
    public var description: String {
        switch code {
        case .folder(let number):
            "\(path): results can't be written here (\(Errno(number).text)): make the folder writable or say another --out FILE"
        case .exists: "\(path): exists, and a result is never overwritten: move it away or say another --out FILE"
        case .diskFull(let freeBytes?):
            "\(path): only \(freeBytes / 1_000_000) MB are free on its disk: free some or say --out FILE on another"
        case .diskFull(nil): "\(path): its disk is full: free some of it or say --out FILE on another"
        case .unreadable(ETIMEDOUT): "\(path): cannot be read: it is a pipe into which nobody writes"
        case .unreadable(let number): "\(path): cannot be read: \(Errno(number).text)"
        case .isFolder: "\(path): is a folder: name a file in it"
        case .system(let number): "\(path): cannot be written: \(Errno(number).text)"
        case .tooLarge(let limit):
            "\(path): more than the \(limit / 1_000_000) MB that are read of a result"
        case .notAResult(let what): "\(path): not a result of weir: \(what)"
        case .unknownFormat(let format):
            "\(path): its format is '\(format)', and this weir reads '\(RunResult.currentFormat)' and "
                + "'\(GateResult.currentFormat)': use another version"
        case .damaged(let jsonPath, let what): "\(path): damaged at \(jsonPath): \(what)"
        }
    }
}
