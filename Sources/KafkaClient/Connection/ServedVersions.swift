import KafkaProtocol

/// The versions that a broker said it serves, of every API that it named.
struct ServedVersions: Equatable, Sendable {
    /// The largest number of an API that is kept, ten times Kafka's largest.
    static let keyMax: Int16 = 1_000

    /// By the API's number.
    private var ranges: [ClosedRange<Int16>?]

    init(_ ranges: [ApiKey: ClosedRange<Int16>]) {
        self.ranges = Self.none
        for (api, range) in ranges { set(api, range) }
    }

    /// Those of an answer; entries that contradict themselves are left out.
    init(_ response: borrowing ApiVersionsResponse) {
        ranges = Self.none
        for entry in response.apiKeys where entry.minVersion <= entry.maxVersion {
            set(entry.apiKey, entry.minVersion...entry.maxVersion)
        }
    }

    private mutating func set(_ api: ApiKey, _ range: ClosedRange<Int16>) {
        guard (0...Self.keyMax).contains(api.rawValue) else { return }
        while ranges.count <= Int(api.rawValue) { ranges.append(nil) }
        ranges[Int(api.rawValue)] = range
    }

    private func range(_ api: ApiKey) -> ClosedRange<Int16>? {
        ranges.indices.contains(Int(api.rawValue)) ? ranges[Int(api.rawValue)] : nil
    }

    /// Whether none is.
    var isEmpty: Bool { ranges.allSatisfy { $0 == nil } }

    /// The newest version of `api` that the broker serves and this client uses.
    func version(of api: ApiKey) throws(ClientError) -> Int16 {
        let usable = ApiPreference.versions(of: api) ?? 0...0
        guard let served = range(api), served.overlaps(usable) else {
            throw ClientError(.unsupportedVersion(broker: range(api), client: usable), api: api)
        }
        return min(served.upperBound, usable.upperBound)
    }

    /// Whether this version of `api` is served.
    func serves(_ api: ApiKey, _ version: Int16) -> Bool { range(api)?.contains(version) == true }

    /// What is assumed of a broker that has not said yet.
    static let assumed = ServedVersions(
        Dictionary(
            uniqueKeysWithValues: ApiPreference.all.map { ($0.api, $0.versions.lowerBound...$0.unconfirmedMax) }))

    // Copied, as an array of so many equal elements has its generic types looked up each time.
    // Kafka's largest number is 93; few brokers name a larger one.
    private static let none = [ClosedRange<Int16>?](repeating: nil, count: 100)
}
