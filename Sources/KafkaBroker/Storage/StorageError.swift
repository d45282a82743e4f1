import Glibc
import System

/// Why a file of the data directory could not be read or written.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Equatable, Sendable {
        /// The disk, the quota or the largest allowed file is full.
        case noSpace
        /// The process may not write there.
        case notWritable
        /// Another process holds the data directory.
        case locked
        /// The process has no descriptor left.
        case tooManyOpenFiles
        /// The content contradicts itself, at a byte of the file.
        case corrupt(String, byteOffset: Int)
        /// Any other error of the system.
        case inputOutput
    }

    /// What went wrong.
    public let code: Code
    /// What was being done, as a verb ("write", "open").
    public let operation: String
    /// The file or directory.
    public let path: String
    /// The system's error number, or 0.
    public let errorNumber: Int32

    /// An error with all its parts.
    public init(_ code: Code, operation: String, path: String, errorNumber: Int32 = 0) {
        self.code = code
        self.operation = operation
        self.path = path
        self.errorNumber = errorNumber
    }

    /// The system's error of the call that just failed.
    init(errno errorNumber: Int32, operation: String, path: String) {
        let code: Code =
            switch errorNumber {
            case ENOSPC, EDQUOT, EFBIG: .noSpace
            case EACCES, EPERM, EROFS: .notWritable
            case EMFILE, ENFILE: .tooManyOpenFiles
            default: .inputOutput
            }
        self.init(code, operation: operation, path: path, errorNumber: errorNumber)
    }

    /// What was done to which file, and what the system said.
    public var description: String {
        let reason =
            switch code {
            case .noSpace: "no space left"
            case .notWritable: "not permitted"
            case .locked: "in use by another broker"
            case .tooManyOpenFiles: "no file descriptor left"
            case .corrupt(let what, let byteOffset): "\(what) at byte \(byteOffset)"
            case .inputOutput: "failed"
            }
        let system = errorNumber == 0 ? "" : " (\(Errno(errorNumber).text))"
        return "cannot \(operation) \(path): \(reason)\(system)"
    }
}
