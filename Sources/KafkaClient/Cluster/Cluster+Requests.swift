import Bytes
import KafkaProtocol

extension Cluster {
    /// Sends a request and calls `done` once, with its answer or why there is none.
    func request<Request: KafkaRequest>(
        _ request: Request, on connection: BrokerConnection, timeoutMs: Int? = nil,
        done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        let pool = environment.pool
        let call = Call(
            request, clientId: configuration.clientId, timeoutMs: timeoutMs ?? configuration.requestTimeoutMs
        ) { (call, outcome) throws(ClientError) in
            switch outcome {
            case .answered(let frame):
                defer { pool.give(frame) }
                do throws(ClientError) {
                    done(.success(try connection.read(Request.Response.self, frame, version: call.version)))
                } catch {
                    done(.failure(error))
                    throw error
                }
            case .sent: done(.failure(ClientError(.invalidArgument("no answer is due"))))
            case .failed(let error, _): done(.failure(error))
            }
        }
        connection.send(call)
    }
}

extension ClientError {
    /// Whether newer metadata may help.
    var isAboutLeadership: Bool {
        switch code {
        case .network, .timedOut, .connectionClosed: true
        case .broker(let error): Self.leadershipErrors.contains(error)
        default: false
        }
    }

    private static let leadershipErrors: Set<ErrorCode> = [
        .notLeaderOrFollower, .leaderNotAvailable, .unknownTopicOrPartition, .fencedLeaderEpoch, .unknownLeaderEpoch,
        .replicaNotAvailable, .kafkaStorageError, .listenerNotFound, .notController,
    ]
}
