import Networking

/// Why a broker could not start.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs to decide by.
    public enum Code: Equatable, Sendable {
        /// A setting that is unknown, or whose value is not allowed.
        case invalidConfiguration
        /// Something else listens on the port.
        case portInUse
        /// Listening failed for another reason.
        case cannotListen
        /// Another broker uses the data directory.
        case dataDirectoryLocked
        /// The process may not write to the data directory.
        case dataDirectoryNotWritable
        /// The disk is full.
        case diskFull
        /// What lies in the data directory contradicts itself.
        case dataCorrupt
        /// Another failure of the file system.
        case inputOutput
        /// The broker was started before, or its loop has ended.
        case notStartable
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, where, and where it helps what to do.
    public let description: String

    /// An error in words.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: StorageError) {
        let code: Code =
            switch error.code {
            case .noSpace: .diskFull
            case .notWritable: .dataDirectoryNotWritable
            case .locked: .dataDirectoryLocked
            case .corrupt: .dataCorrupt
            case .tooManyOpenFiles, .inputOutput: .inputOutput
            }
        self.init(code, error.description)
    }

    init(_ error: NetworkError) {
        self.init(error.code == .addressInUse ? .portInUse : .cannotListen, error.description)
    }
}
