import KafkaProtocol

/// The versions that a broker said it serves, of each API that this client speaks.
struct ServedVersions: Equatable, Sendable {
    /// By the API's number.
    private var ranges: [ClosedRange<Int16>?]

    init(_ ranges: [ApiKey: ClosedRange<Int16>]) {
        self.ranges = Self.none
        for (api, range) in ranges where Self.none.indices.contains(Int(api.rawValue)) {
            self.ranges[Int(api.rawValue)] = range
        }
    }

    /// Those of an answer; entries that contradict themselves are left out.
    init(_ response: borrowing ApiVersionsResponse) {
        var ranges = Self.none
        for entry in response.apiKeys where entry.minVersion <= entry.maxVersion {
            let at = Int(entry.apiKey.rawValue)
            if ranges.indices.contains(at) { ranges[at] = entry.minVersion...entry.maxVersion }
        }
        self.ranges = ranges
    }

    private func range(_ api: ApiKey) -> ClosedRange<Int16>? {
        ranges.indices.contains(Int(api.rawValue)) ? ranges[Int(api.rawValue)] : nil
    }

    /// Whether none is.
    var isEmpty: Bool { ranges.allSatisfy { $0 == nil } }

    /// The newest version of `api` that both sides speak.
    func version(of api: ApiKey) throws(ClientError) -> Int16 {
        let spoken = Self.spoken.range(api) ?? 0...0
        guard let served = range(api), served.overlaps(spoken) else {
            throw ClientError(.unsupportedVersion(broker: range(api), client: spoken), api: api)
        }
        return min(served.upperBound, spoken.upperBound)
    }

    /// Whether this version of `api` is served.
    func serves(_ api: ApiKey, _ version: Int16) -> Bool { range(api)?.contains(version) == true }

    /// What is assumed of a broker that has not said yet: that it serves all that this client speaks, nearly all without flexible fields, so that
    /// Kafka 2.4 to 4.x and Redpanda serve it (version 4 of ListGroups, which has the states, Kafka 2.6).
    static let assumed = ServedVersions([
        .apiVersions: 0...3, .metadata: 4...8, .produce: 3...7, .fetch: 4...11, .listOffsets: 1...4,
        .findCoordinator: 0...2, .offsetCommit: 2...7, .offsetFetch: 1...5, .initProducerId: 0...1,
        .createTopics: 2...4, .deleteTopics: 1...3, .deleteRecords: 0...1, .describeConfigs: 0...3,
        .listGroups: 0...4, .describeGroups: 0...4, .deleteGroups: 0...1, .offsetDelete: 0...0,
    ])

    /// What this client speaks: that, and what is newer and only asked in once a broker has said that it serves it, so that it costs no trip.
    /// From version 10 on Metadata names the topics' ids.
    static let spoken = {
        var spoken = assumed
        spoken.ranges[Int(ApiKey.metadata.rawValue)] = 4...12
        return spoken
    }()

    // Copied, as an array of so many equal elements has its generic types looked up each time.
    private static let none = [ClosedRange<Int16>?](
        repeating: nil, count: 1 + Int(Api.all.map(\.key.rawValue).max() ?? 0))
}
