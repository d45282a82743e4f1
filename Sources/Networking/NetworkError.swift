import Glibc
import System

/// Why a network operation failed, said so that a user can act on it.
public struct NetworkError: Error, Hashable, Sendable {
    /// The kind of failure, for programs to decide by.
    public enum Code: Hashable, Sendable {
        case invalidAddress, resolutionFailed
        case connectionRefused, unreachable, timedOut, connectionReset, closedByPeer
        case frameTooLarge, frameTooSmall, negativeFrameLength, foreignProtocol
        case fileEndedEarly
        case addressInUse, addressUnavailable, permissionDenied
        case tooManyDescriptors
        case cancelled, loopStopped
        case systemCall
    }

    /// What was being done when it failed.
    public enum Operation: String, Hashable, Sendable {
        case address, resolve, connect, listen, accept, read, write
        case loop
    }

    /// The kind of failure.
    public let code: Code
    /// What was being done.
    public let operation: Operation
    /// The peer or the listening address, as the user wrote it.
    public let address: SocketAddress?
    /// The system's error number, where the system reported one.
    public let errnoCode: Int32?
    /// What happened, in words.
    public let reason: String
    /// What the peer speaks, where it speaks something else.
    public private(set) var foreign: ForeignProtocol?

    /// A failure that this program found.
    public init(_ code: Code, _ operation: Operation, _ address: SocketAddress?, _ reason: String) {
        self.code = code
        self.operation = operation
        self.address = address
        self.errnoCode = nil
        self.reason = reason
    }

    /// A peer that speaks something else.
    init(_ foreign: ForeignProtocol, _ address: SocketAddress?) {
        self.init(.foreignProtocol, .read, address, foreign.words)
        self.foreign = foreign
    }

    /// The same failure with another operation, address or reason.
    init(
        copying error: NetworkError, operation: Operation? = nil, address: SocketAddress? = nil, reason: String? = nil
    ) {
        code = error.code
        self.operation = operation ?? error.operation
        self.address = address ?? error.address
        errnoCode = error.errnoCode
        foreign = error.foreign
        self.reason = reason ?? error.reason
    }

    /// A failure that the system reported by `errno`.
    public init(errno number: Int32, _ operation: Operation, _ address: SocketAddress?, doing call: String = "") {
        code = Code(errno: number)
        self.operation = operation
        self.address = address
        errnoCode = number
        reason = (call.isEmpty ? "" : call + ": ") + Errno(number).words
    }
}

extension NetworkError: CustomStringConvertible {
    /// A sentence for users: `127.0.0.1:9092: connect: connection refused`.
    public var description: String {
        let place = address.map { "\($0): " } ?? ""
        // If the peer speaks another protocol, the operation does not matter.
        return operation == .address || foreign != nil ? place + reason : place + "\(operation.rawValue): " + reason
    }
}

extension NetworkError.Code {
    /// The kind of failure behind a system error number.
    init(errno number: Int32) {
        self =
            switch number {
            case ECONNREFUSED: .connectionRefused
            case ECONNRESET, EPIPE, ECONNABORTED: .connectionReset
            case ETIMEDOUT: .timedOut
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN: .unreachable
            case EADDRINUSE: .addressInUse
            case EADDRNOTAVAIL: .addressUnavailable
            case EACCES, EPERM: .permissionDenied
            case EMFILE, ENFILE: .tooManyDescriptors
            default: .systemCall
            }
    }
}

extension Errno {
    /// The system's words as they stand inside a sentence, in lower case.
    var words: String { lowercasingFirst(text) }
}

/// The text with its first letter in lower case.
func lowercasingFirst(_ text: String) -> String {
    text.prefix(1).lowercased() + text.dropFirst()
}
