import KafkaProtocol

/// An API that this broker serves: the versions it advertises, and the handler.
struct ServedApi: Sendable {
    let key: ApiKey
    let versions: ClosedRange<Int16>
    private let serve: @Sendable (BrokerCore, inout WireReader, Exchange) throws(WireError) -> Void

    private init<Request: KafkaRequest>(
        _ versions: ClosedRange<Int16>, _ handler: @escaping @Sendable (BrokerCore, Request, Exchange) -> Void
    ) {
        key = Request.apiKey
        self.versions = versions
        serve = { (core, reader, exchange) throws(WireError) in
            handler(core, try Request(parsing: &reader, version: exchange.version), exchange)
        }
    }

    /// Everything that is served; each handler is in the file of its API.
    static let all: [ServedApi] = [
        ServedApi(0...13) { $0.produce($1, $2) },
        ServedApi(0...18) { $0.fetch($1, $2) },
        ServedApi(0...11) { $0.listOffsets($1, $2) },
        ServedApi(0...13) { $0.metadata($1, $2) },
        ServedApi(0...10) { $0.offsetCommit($1, $2) },
        ServedApi(0...10) { $0.offsetFetch($1, $2) },
        ServedApi(0...6) { $0.findCoordinator($1, $2) },
        ServedApi(0...9) { $0.joinGroup($1, $2) },
        ServedApi(0...4) { $0.heartbeat($1, $2) },
        ServedApi(0...5) { $0.leaveGroup($1, $2) },
        ServedApi(0...5) { $0.syncGroup($1, $2) },
        ServedApi(0...6) { $0.describeGroups($1, $2) },
        ServedApi(0...5) { $0.listGroups($1, $2) },
        ServedApi(0...4) { $0.apiVersions($1, $2) },
        ServedApi(0...7) { $0.createTopics($1, $2) },
        ServedApi(0...6) { $0.deleteTopics($1, $2) },
        ServedApi(0...2) { $0.deleteRecords($1, $2) },
        ServedApi(0...6) { $0.initProducerId($1, $2) },
        ServedApi(0...3) { $0.createPartitions($1, $2) },
        ServedApi(0...2) { $0.deleteGroups($1, $2) },
        ServedApi(0...0) { $0.offsetDelete($1, $2) },
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// Hands a request to its handler.
    ///
    /// ApiVersions of an unknown version is answered in the layout of version 0; any other request
    /// that was not advertised ends the connection, as in Kafka.
    static func serve(_ core: BrokerCore, _ reader: inout WireReader, _ exchange: Exchange) throws(WireError) {
        guard let api = byKey[exchange.apiKey] else {
            return exchange.client.refuse("\(exchange.apiKey.name) is not served here")
        }
        guard api.versions.contains(exchange.version) else {
            if api.key == .apiVersions { return core.refuseApiVersions(exchange) }
            return exchange.client.refuse("\(api.key.name) version \(exchange.version) is not served here")
        }
        try api.serve(core, &reader, exchange)
    }
}
