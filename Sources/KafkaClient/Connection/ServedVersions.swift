import KafkaProtocol

/// The versions of each API that a broker said it serves.
struct ServedVersions: Equatable, Sendable {
    private var ranges: [ApiKey: ClosedRange<Int16>]

    init(_ ranges: [ApiKey: ClosedRange<Int16>]) { self.ranges = ranges }

    /// The newest version of `api` that both sides speak.
    func version(of api: ApiKey) throws(ClientError) -> Int16 {
        let spoken = Self.spoken[api] ?? 0...0
        guard let served = ranges[api], served.overlaps(spoken) else {
            throw ClientError(.unsupportedVersion(broker: ranges[api], client: spoken), api: api)
        }
        return min(served.upperBound, spoken.upperBound)
    }

    /// Whether this version of `api` is served.
    func serves(_ api: ApiKey, _ version: Int16) -> Bool { ranges[api]?.contains(version) == true }

    /// What is assumed of a broker that has not said yet: that it serves what this client likes best.
    static let assumed = ServedVersions(spoken)

    /// What this client speaks: nearly all without flexible fields, so that Kafka 2.4 to 4.x and Redpanda serve it.
    static let spoken: [ApiKey: ClosedRange<Int16>] = [
        .apiVersions: 0...3, .metadata: 4...8, .produce: 3...7, .fetch: 4...11, .listOffsets: 1...4,
        .findCoordinator: 0...2, .offsetCommit: 2...7, .offsetFetch: 1...5, .initProducerId: 0...1,
        .createTopics: 2...4, .deleteTopics: 1...3, .deleteRecords: 0...1,
    ]
}
