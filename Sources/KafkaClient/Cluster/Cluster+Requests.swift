import Bytes
import KafkaProtocol
import Networking

extension Cluster {
    /// Sends a request, as a part of a call if it is one, and calls `done` once, with its answer or
    /// why there is none; `onUnsent` instead, if it is given, where the connection was not made.
    /// `askedMs` is for how long the broker may keep it.
    func request<Request: KafkaRequest>(
        _ request: Request, on connection: BrokerConnection, for pending: PendingCall? = nil,
        timeoutMs: Int? = nil, askedMs: Int = 0,
        onUnsent: ((ClientError) -> Void)? = nil,
        done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        let pool = environment.pool
        let timeoutMs = timeoutMs ?? configuration.requestTimeoutMs
        pending?.noteRequest(on: connection, Request.apiKey)
        let call = PendingRequest(
            request, clientId: configuration.clientId, timeoutMs: pending?.timeoutMs(atMost: timeoutMs) ?? timeoutMs,
            askedMs: askedMs
        ) { (call, outcome) throws(ClientError) in
            pending?.noteAnswer(from: connection)
            switch outcome {
            case .answered(let frame):
                defer { pool.give(frame) }
                do throws(ClientError) {
                    done(.success(try connection.read(Request.Response.self, frame, version: call.version)))
                } catch {
                    let error = error.at(connection.address.description)
                    done(.failure(error))
                    throw error
                }
            case .sent: done(.failure(ClientError(.invalidArgument("no answer is due"))))
            case .failed(let error, let wasSent):
                if let onUnsent, !wasSent, error.isRetriable { return onUnsent(error) }
                done(.failure(error))
            }
        }
        connection.send(call)
    }
}

extension ClientError {
    /// An answer without a word on something that was asked for, which no broker gives.
    static func leftOut(_ topicPartition: TopicPartition, _ api: ApiKey) -> ClientError {
        let what = topicPartition.partition < 0 ? "a topic" : "a partition"
        return ClientError(
            .malformedResponse("the answer leaves out \(what) that it was asked about"), api: api,
            topicPartition: topicPartition)
    }

    /// Whether newer metadata may help.
    var isAboutLeadership: Bool {
        switch code {
        case .network, .timedOut, .callTimedOut, .connectionClosed: true
        case .broker(let error): Self.leadershipErrors.contains(error)
        default: false
        }
    }

    private static let leadershipErrors: Set<ErrorCode> = [
        .notLeaderOrFollower, .leaderNotAvailable, .unknownTopicOrPartition, .fencedLeaderEpoch, .unknownLeaderEpoch,
        .replicaNotAvailable, .kafkaStorageError, .listenerNotFound, .notController,
    ]
}
