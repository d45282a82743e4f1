import Bytes
import KafkaProtocol
import Networking

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
                    done(.success(try parseAnswer(Request.Response.self, frame, version: call.version)))
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

    /// The same for those who can wait in line.
    nonisolated(nonsending) func request<Request: KafkaRequest>(
        _ request: Request, on connection: BrokerConnection, timeoutMs: Int? = nil
    ) async throws(ClientError) -> Request.Response {
        let result = await withCheckedContinuation { continuation in
            self.request(request, on: connection, timeoutMs: timeoutMs) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Waits, on the loop.
    nonisolated(nonsending) func pause(untilNs: UInt64) async {
        await withCheckedContinuation { continuation in
            environment.loop.schedule(atNs: untilNs, onStop: { continuation.resume() }, { continuation.resume() })
        }
    }

    /// Calls `attempt` again and again, with back-off, until it succeeds, fails for good or has used up the time.
    nonisolated(nonsending) func retrying<Value>(
        timeoutMs: Int? = nil, _ attempt: nonisolated(nonsending) () async throws(ClientError) -> Value
    ) async throws(ClientError) -> Value {
        let endNs = EventLoop.nowNs() + UInt64(timeoutMs ?? configuration.apiTimeoutMs) * 1_000_000
        var failures = 0
        while true {
            do throws(ClientError) {
                return try await attempt()
            } catch {
                failures += 1
                let nextNs = EventLoop.nowNs() + configuration.retryBackoff.waitNs(afterFailures: failures)
                guard error.isRetriable, !isClosed, metadata.updatedNs != nil, nextNs < endNs else { throw error }
                guard !Task.isCancelled else { throw ClientError(.cancelled) }
                environment.metrics.retryCount += 1
                if error.isAboutLeadership { refreshMetadata() }
                await pause(untilNs: nextNs)
            }
        }
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
