import KafkaProtocol
import Networking

/// What a failure of a connection comes from, as far as it shows: said with the error, since the
/// bare failure is a riddle.
extension BrokerConnection {
    /// No connection came about.
    func connectError(_ failure: NetworkError) -> ClientError {
        let hasNoPort = failure.code == .addressUnavailable
        var text = failure.description
        if failure.code == .timedOut {
            text += ": \(environment.configuration.connectTimeoutMs) ms (socket.connection.setup.timeout.ms)"
        }
        var error = ClientError(hasNoPort ? .noLocalPort : .network(text), broker: address.description)
        error.hint = hasNoPort ? Self.portsHint : advertisedHint
        return error
    }

    /// The connection is gone, by the peer or by what it sent.
    func connectionError(_ failure: NetworkError?) -> ClientError {
        guard let failure else { return withHint(ClientError(.connectionClosed)) }
        switch failure.code {
        case .foreignProtocol:
            var error = ClientError(.invalidFrame(failure.description), broker: address.description)
            error.hint = failure.foreign == .tls ? Self.tlsHint : Self.foreignHint
            return error
        case .frameTooLarge, .frameTooSmall, .negativeFrameLength:
            return withHint(ClientError(.invalidFrame(failure.description)))
        default: return withHint(ClientError(.network(failure.description)))
        }
    }

    /// A request was not answered in time.
    func timeoutError(_ request: PendingRequest) -> ClientError {
        withHint(ClientError(.timedOut(afterMs: Int(request.timeoutNs / 1_000_000)), api: request.api))
    }

    /// A call was not done in time and waits for this broker.
    func timeoutError(_ api: ApiKey, _ limit: CallLimit) -> ClientError {
        let isOpen = socket != nil
        var error = withHint(limit.timeoutError(isReady || !isOpen ? api : .apiVersions))
        if !isOpen { error.hint = advertisedHint ?? "no connection had come about by then" }
        return error
    }

    /// Where the address came from, unless such addresses have led to brokers already.
    private var advertisedHint: String? {
        guard let learnedFrom, !environment.hasReachedNode else { return nil }
        return
            "\(address) is the address that the cluster behind bootstrap server \(learnedFrom) gives out for a broker "
            + "(advertised.listeners): it must be reachable from here"
    }

    /// The error with the broker's address and, where the broker has never spoken as one, what that
    /// may come from.
    func withHint(_ error: ClientError) -> ClientError {
        var error = error.at(address.description)
        if error.hint == nil { error.hint = hint(error.code) }
        return error
    }

    private func hint(_ code: ClientError.Code) -> String? {
        guard let socket else { return nil }
        // What worked before is no listener of another kind, but a broker in trouble.
        let isNew = learnedFrom != nil && !environment.hasReachedNode || !environment.isReached
        switch code {
        case .timedOut, .callTimedOut:
            if let foreign = socket.foreignProtocol { return foreign == .tls ? Self.tlsHint : Self.foreignHint }
            if let partial = socket.partialFrame { return "what came is \(partial)" }
            return isNew && socket.bytesReceived == 0 ? Self.silenceHint : nil
        case .connectionClosed, .network:
            guard isNew else { return nil }
            return answerCount == 0 ? Self.hangUpHint : answerCount == 1 && isReady ? Self.saslHint : nil
        case .invalidFrame, .malformedResponse, .wrongCorrelationId, .unexpectedResponse:
            return isReady ? nil : Self.foreignHint
        default: return nil
        }
    }

    private static let tlsHint = "that is a listener with security.protocol SSL or SASL_SSL: \(ClientError.plainHint)"
    private static let foreignHint = "that is no plain Kafka listener: is the address right?"
    private static let silenceHint =
        "it took the connection and sent nothing: does a Kafka broker listen there, without TLS?"
    private static let hangUpHint =
        "it hung up before its first answer, as a listener with TLS may: \(ClientError.plainHint)"
    private static let saslHint =
        "it answered ApiVersions and nothing else, as a listener with SASL does when nobody logs in: \(ClientError.plainHint)"
    private static let portsHint =
        "open fewer connections (recreate clients less often), wait a minute for those in TIME_WAIT, "
        + "or widen net.ipv4.ip_local_port_range"
}

extension ClientError {
    static let plainHint = "Weir speaks PLAINTEXT only, so give it the address of such a listener"
}
