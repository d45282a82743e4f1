import KafkaProtocol

/// Which versions of one API this client asks in.
///
/// The newest of them that a broker serves is the one. Before the broker has said what it serves,
/// requests go out all the same, in a version that nearly every broker serves: a newer one would
/// make an older broker hang up, and cost a trip.
struct ApiPreference: Sendable {
    let api: ApiKey
    /// The versions that this client uses, the preferred one last.
    let versions: ClosedRange<Int16>
    /// The newest that it uses before the broker has said what it serves.
    let unconfirmedMax: Int16

    private init(_ api: ApiKey, _ versions: ClosedRange<Int16>, unconfirmedMax: Int16? = nil) {
        self.api = api
        self.versions = versions
        self.unconfirmedMax = unconfirmedMax ?? versions.upperBound
    }

    /// One for each API that this client speaks. Kafka 2.4 to 4.x and Redpanda serve what is asked
    /// before they have said so, but for ListGroups 4, which came with Kafka 2.6. A version with
    /// flexible fields takes more instructions, so it must buy something.
    static let all: [ApiPreference] = [
        // The version from which a client says who it is; an older broker answers in version 0.
        ApiPreference(.apiVersions, 0...3),
        // Topics have ids from 10 on, by which one that was made anew is known; 12 asks by id, too.
        ApiPreference(.metadata, 4...12, unconfirmedMax: 8),
        // 3 begins record batches, 7 has zstd. 8 tells errors by record, the rest is for
        // transactions.
        ApiPreference(.produce, 3...7),
        // 4 begins record batches, 9 has the leader's epoch, 10 zstd. 13 names topics by ids alone.
        ApiPreference(.fetch, 4...11),
        // 4 has the leader's epoch. 7 finds the largest timestamp, which nobody asks for.
        ApiPreference(.listOffsets, 1...4),
        // 1 finds transactions. 4 finds several at once, of which a client has one.
        ApiPreference(.findCoordinator, 0...2),
        // 6 has the leader's epoch, 7 static members. 9 is for members of the newer groups.
        ApiPreference(.offsetCommit, 2...9, unconfirmedMax: 7),
        // 5 has the leader's epoch. 7 waits for open transactions, 8 asks for several groups.
        ApiPreference(.offsetFetch, 1...5),
        // 4 makes a member ask twice (KIP-394), 5 has static members, 9 leaves the assignment of a
        // static leader that has come back as it is (KIP-814).
        ApiPreference(.joinGroup, 2...9, unconfirmedMax: 5),
        // 3 has static members; 5 says by which protocol the assignment was made.
        ApiPreference(.syncGroup, 0...5, unconfirmedMax: 3),
        // 3 has static members. 4 has flexible fields and no more.
        ApiPreference(.heartbeat, 0...3),
        // 3 names several members, of which a client is one.
        ApiPreference(.leaveGroup, 0...2),
        // 1 has the member choose its id.
        ApiPreference(.consumerGroupHeartbeat, 0...1),
        // 1 says which members are of the classic protocol.
        ApiPreference(.consumerGroupDescribe, 0...1),
        // 2 has flexible fields, 3 a quota's error.
        ApiPreference(.createPartitions, 0...1),
        // 1 leaves the wait of a quota to the client. 3 keeps an id that a transaction lost.
        ApiPreference(.initProducerId, 0...1),
        // 4 takes the broker's defaults. 5 answers with settings, 7 with the topic's id.
        ApiPreference(.createTopics, 2...4),
        // 6 deletes by id.
        ApiPreference(.deleteTopics, 1...3),
        ApiPreference(.deleteRecords, 0...1),
        // 3 says what a setting means. 4 has flexible fields and no more.
        ApiPreference(.describeConfigs, 0...3),
        // 4 names the groups' states, and is flexible for it.
        ApiPreference(.listGroups, 0...4),
        // 4 names static members. 6 has the error in words.
        ApiPreference(.describeGroups, 0...4),
        ApiPreference(.deleteGroups, 0...1),
        ApiPreference(.offsetDelete, 0...0),
    ]

    /// The versions that this client uses of an API; nil for one that it does not speak.
    static func versions(of api: ApiKey) -> ClosedRange<Int16>? {
        byKey.indices.contains(Int(api.rawValue)) ? byKey[Int(api.rawValue)] : nil
    }

    /// By the API's number, because it is looked up with every request.
    private static let byKey: [ClosedRange<Int16>?] = {
        let keyMax = all.map(\.api.rawValue).max() ?? 0
        var byKey = [ClosedRange<Int16>?](repeating: nil, count: Int(keyMax) + 1)
        for preference in all { byKey[Int(preference.api.rawValue)] = preference.versions }
        return byKey
    }()
}
