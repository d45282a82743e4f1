import KafkaProtocol

/// The opening of a connection: ask for versions, fall back once when the broker is older than the
/// question.
struct Handshake {
    /// What to do next.
    enum Action: Equatable {
        /// Ask for the versions, in this version of the question.
        case ask(version: Int16)
        /// Everything may be sent.
        case ready(ServedVersions)
        /// Close.
        case fail(ClientError.Code)
    }

    private var asked: Int16?

    /// Whether the broker is older than the question, and was asked again in the oldest version.
    var isFallingBack: Bool { asked == 0 }

    /// TCP is connected.
    mutating func connected() -> Action {
        asked = 3
        return .ask(version: 3)
    }

    /// The broker answered. A broker that does not know the version asked in answers in version 0,
    /// with an error.
    mutating func answered(_ error: ErrorCode, _ served: ServedVersions) -> Action {
        guard let version = asked else { return .fail(.malformedResponse("ApiVersions before it was asked for")) }
        if error == .unsupportedVersion, version > 0 {
            asked = 0
            return .ask(version: 0)
        }
        asked = nil
        guard error == .none else { return .fail(.broker(error)) }
        guard !served.isEmpty else { return .fail(.malformedResponse("ApiVersions without any API")) }
        return .ready(served)
    }
}
