import Instants
import KafkaProtocol
import Networking

extension Cluster {
    /// How long one answer is awaited within a call: `request.timeout.ms`, or as long as the call itself may take if that is less.
    func answerTimeoutMs(within callTimeoutMs: Int?) -> Int {
        min(configuration.requestTimeoutMs, callTimeoutMs ?? configuration.apiTimeoutMs)
    }

    /// Calls `attempt` again and again, with back-off, until it succeeds, fails for good or has used up the time.
    ///
    /// While the cluster was never reached, a failed attempt waits for that instead, and ends as it does.
    func attempting<Value>(
        timeoutMs: Int? = nil, _ attempt: @escaping (@escaping (Result<Value, ClientError>) -> Void) -> Void,
        done: @escaping (Result<Value, ClientError>) -> Void
    ) {
        let endNs = EventLoop.nowNs().later(byMs: timeoutMs ?? configuration.apiTimeoutMs)
        attempting(endNs, failures: 0, attempt, done)
    }

    private func attempting<Value>(
        _ endNs: UInt64, failures: Int, _ attempt: @escaping (@escaping (Result<Value, ClientError>) -> Void) -> Void,
        _ done: @escaping (Result<Value, ClientError>) -> Void
    ) {
        attempt { [self] result in
            guard case .failure(let error) = result else { return done(result) }
            let again = { [self] in attempting(endNs, failures: failures + 1, attempt, done) }
            let nowNs = EventLoop.nowNs()
            guard error.isRetriable, !isClosed, nowNs < endNs else { return done(result) }
            guard metadata.updatedNs != nil else {
                let leftMs = Int(endNs.since(nowNs) / 1_000_000)
                return waitForTopics([], mustBeLed: false, timeoutMs: leftMs) { reached in
                    if case .failure(let error) = reached { done(.failure(error)) } else { again() }
                }
            }
            let nextNs = nowNs + configuration.retryBackoff.waitNs(afterFailures: failures + 1)
            guard nextNs < endNs else { return done(result) }
            environment.metrics.retryCount += 1
            if error.isAboutLeadership { refreshMetadata() }
            environment.loop.schedule(atNs: nextNs, onStop: { done(.failure(ClientError(.closed))) }, again)
        }
    }

    /// A call that tells its result, for those who can wait in line.
    nonisolated(nonsending) func result<Value: Sendable>(
        _ call: (@escaping (Result<Value, ClientError>) -> Void) -> Void
    ) async throws(ClientError) -> Value {
        let result = await withCheckedContinuation { continuation in
            call { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
