import KafkaProtocol
import Networking
import System

/// A call that is attempted again and again, with back-off, until it succeeds, fails for good or
/// has used up its time.
///
/// Whatever an attempt waits for, the call ends when its time is over, and when the cluster is
/// closed.
final class RetryingCall<Value>: PendingCall {
    typealias Attempt = (PendingCall, @escaping (Result<Value, ClientError>) -> Void) -> Void

    private let cluster: Cluster
    private let attempt: Attempt
    private var done: ((Result<Value, ClientError>) -> Void)?
    private var failures = 0
    private var lastError: ClientError?
    private var limitTimer: EventLoop.Timer?
    private var backoffTimer: EventLoop.Timer?

    init(
        _ cluster: Cluster, _ api: ApiKey, _ limit: CallLimit, _ attempt: @escaping Attempt,
        _ done: @escaping (Result<Value, ClientError>) -> Void
    ) {
        self.cluster = cluster
        self.attempt = attempt
        self.done = done
        super.init(api, limit)
    }

    func begin() {
        guard !cluster.isClosed else { return settle(.failure(ClientError(.closed))) }
        cluster.pendingCalls[ObjectIdentifier(self)] = self
        limitTimer = cluster.environment.loop.schedule(
            atNs: limit.endNs, onStop: { [self] in end(ClientError(.closed)) }, { [self] in giveUp() })
        next()
    }

    override func end(_ error: ClientError) { settle(.failure(error)) }

    private func giveUp() { settle(.failure(timeoutError(lastError, tried: failures + 1))) }

    private func next() {
        guard done != nil else { return }
        let number = failures
        attempt(self) { [self] result in
            // What comes after the call has ended, or from an earlier attempt, is dropped.
            guard done != nil, number == failures else { return }
            guard case .failure(let failure) = result else { return settle(result) }
            let error = failure.at(answererName)
            guard error.isRetriable, !cluster.isClosed else { return settle(.failure(error)) }
            failures += 1
            lastError = error
            waitForNext(error)
        }
    }

    /// While the cluster was never reached, a failed attempt waits for that, and ends as it does.
    private func waitForNext(_ error: ClientError) {
        let nowNs = EventLoop.nowNs()
        guard nowNs < limit.endNs else { return giveUp() }
        guard cluster.metadata.updatedNs != nil else {
            return cluster.waitForTopics([], mustBeLed: false, within: limit) { [self] reached in
                if case .failure(let error) = reached { settle(.failure(error)) } else { next() }
            }
        }
        let nextNs = nowNs.later(by: cluster.configuration.retryBackoff.waitNs(afterFailures: failures))
        cluster.environment.metrics.retryCount += 1
        if error.isAboutLeadership { cluster.refreshMetadata() }
        backoffTimer = cluster.environment.loop.schedule(atNs: nextNs) { [self] in next() }
    }

    private func settle(_ result: Result<Value, ClientError>) {
        let done = done
        self.done = nil
        limitTimer?.cancel()
        backoffTimer?.cancel()
        cluster.pendingCalls[ObjectIdentifier(self)] = nil
        done?(result)
    }
}

extension Cluster {
    /// Calls `attempt` again and again, with back-off, until it succeeds, fails for good or has
    /// used up its time: `default.api.timeout.ms`, unless another is given. Then the error says
    /// what the last attempt met.
    func retrying<Value>(
        _ api: ApiKey, within limit: CallLimit? = nil, _ attempt: @escaping RetryingCall<Value>.Attempt,
        done: @escaping (Result<Value, ClientError>) -> Void
    ) {
        RetryingCall(self, api, limit ?? configuration.callLimit(), attempt, done).begin()
    }

    /// A call that returns its result, for async callers.
    nonisolated(nonsending) func result<Value: Sendable>(
        _ call: (@escaping (Result<Value, ClientError>) -> Void) -> Void
    ) async throws(ClientError) -> Value {
        let result = await withCheckedContinuation { continuation in
            call { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
