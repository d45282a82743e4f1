import Bytes
import KafkaProtocol
import Networking

// Quotas: a broker answers at once, says for how long it will read nothing more from this
// connection, and leaves it to the client to send nothing meanwhile (KIP-219). What is asked for
// meanwhile waits here, so that its time-out does not run.
extension BrokerConnection {
    /// Reads an answer, and heeds the quota that it tells of.
    func read<Response: KafkaMessage>(
        _ type: Response.Type, _ frame: ByteBuffer, version: Int16
    ) throws(ClientError) -> Response {
        let response = try parseAnswer(type, frame, version: version)
        if response.throttleTimeMs > 0 {
            throttle(forMs: Int(response.throttleTimeMs), Response.apiKey, version: version)
        }
        return response
    }

    private func throttle(forMs ms: Int, _ api: ApiKey, version: Int16) {
        let nowNs = EventLoop.nowNs()
        let isAhead = version >= Self.firstVersionToWait[api] ?? 0
        environment.metrics.throttled(forNs: UInt64(ms) * 1_000_000, nowNs: nowNs, isAhead: isAhead)
        // Longer than a call may take nobody would wait, and whoever asks must be told.
        let waitMs = min(ms, environment.configuration.apiTimeoutMs)
        if isAhead { hold(untilNs: nowNs + UInt64(waitMs) * 1_000_000) }
    }

    /// Sends nothing until a moment.
    func hold(untilNs: UInt64) {
        guard !isClosed, untilNs > heldUntilNs else { return }
        heldUntilNs = untilNs
        holdTimer?.cancel()
        holdTimer = environment.loop.schedule(atNs: untilNs) { [self] in
            heldUntilNs = 0
            sendUnsent()
        }
    }

    /// The versions from which on it is the client that waits, as in Kafka's client; before, the
    /// answer itself came late. APIs that are newer than that have always done so.
    private static let firstVersionToWait: [ApiKey: Int16] = [
        .produce: 6, .fetch: 8, .listOffsets: 3, .metadata: 6, .offsetCommit: 4, .offsetFetch: 4, .findCoordinator: 2,
        .apiVersions: 2, .createTopics: 3, .deleteTopics: 2, .deleteRecords: 1, .initProducerId: 1,
        .joinGroup: 3, .syncGroup: 2, .heartbeat: 2, .leaveGroup: 2, .listGroups: 2, .describeGroups: 2,
        .createPartitions: 1, .deleteGroups: 1, .describeConfigs: 2,
    ]
}
