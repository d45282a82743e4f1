import KafkaClient
public import Results

/// Why a run or a repeat could not go on, in words for its user.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// What kind of reason it is.
    public let code: InvalidReason.Code
    /// What happened, where, and what to do.
    public let description: String

    /// An error in words.
    public init(_ description: String, code: InvalidReason.Code = .failed) {
        self.code = code
        self.description = description
    }
}

extension InvalidReason {
    /// The reason for which an error makes a repeat invalid.
    init(_ error: any Error) { self.init(Code(error), "\(error)") }
}

extension InvalidReason.Code {
    /// The kind of reason that an error is.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as EngineError: error.code
            case let error as ClientError: error.code.invalidity
            default: .failed
            }
    }
}

extension ClientError.Code {
    fileprivate var invalidity: InvalidReason.Code {
        switch self {
        case .timedOut, .callTimedOut, .deliveryTimedOut, .bufferFull: .timedOut
        case .network, .connectionClosed: .connectionFailed
        case .corruptBatch, .undecompressable: .corrupt
        default: .failed
        }
    }
}

extension ClientError {
    /// Whether a broker refused the request.
    var isRefusal: Bool {
        if case .broker = code { true } else { false }
    }

    /// Whether the broker could not be spoken to at all.
    var isAboutReachability: Bool {
        switch code {
        case .network, .timedOut, .connectionClosed: true
        // A broker that answers, if only with an error, is there.
        case .callTimedOut: cause?.isAboutReachability ?? true
        default: false
        }
    }
}
