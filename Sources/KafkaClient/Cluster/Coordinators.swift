import KafkaProtocol
import Networking

/// What a broker coordinates: a group or a transaction.
struct CoordinatorKey: Hashable {
    /// Which of the two, by its number in FindCoordinator.
    enum Kind: Int8 {
        case group = 0
        case transaction = 1
    }

    let kind: Kind
    /// The group's or the transactional id.
    let id: String

    static func group(_ id: String) -> CoordinatorKey { CoordinatorKey(kind: .group, id: id) }
}

/// Which brokers coordinate what, as last answered.
struct Coordinators {
    /// A request that is under way, and the callers that wait for its answer.
    struct Search {
        var asked: BrokerConnection
        var waiters: [(call: PendingCall?, done: (Result<Int32, ClientError>) -> Void)]
    }

    var nodes: [CoordinatorKey: Int32] = [:]
    var searches: [CoordinatorKey: Search] = [:]
}

extension Cluster {
    /// Which broker coordinates a group or a transaction; asked once for all who want to know,
    /// until it turns out wrong.
    func findCoordinator(
        of key: CoordinatorKey, for call: PendingCall? = nil,
        done: @escaping (Result<Int32, ClientError>) -> Void
    ) {
        if let node = coordinators.nodes[key], metadata.nodes[node] != nil { return done(.success(node)) }
        if let search = coordinators.searches[key] {
            coordinators.searches[key]?.waiters.append((call, done))
            call?.noteRequest(on: search.asked, .findCoordinator)
            return
        }
        var request = FindCoordinatorRequest()
        request.key = key.id
        request.keyType = key.kind.rawValue
        requestOfAny(request) { [self] connection in
            guard let search = coordinators.searches[key] else {
                coordinators.searches[key] = Coordinators.Search(asked: connection, waiters: [(call, done)])
                call?.noteRequest(on: connection, .findCoordinator)
                return
            }
            for waiter in search.waiters { waiter.call?.moveRequest(from: search.asked, to: connection) }
            coordinators.searches[key]?.asked = connection
        } done: { [self] connection, result in
            guard let connection else { return done(.failure(ClientError(.closed))) }
            finishSearch(key, connection, result)
        }
    }

    private func finishSearch(
        _ key: CoordinatorKey, _ connection: BrokerConnection, _ result: Result<FindCoordinatorResponse, ClientError>
    ) {
        let broker = connection.address.description
        let found: Result<Int32, ClientError> = result.flatMap { response in
            response.coordinator.mapError { $0.at(broker) }
        }.map { node in
            metadata.learn(node)
            adoptBootstrap()
            coordinators.nodes[key] = node.id
            return node.id
        }
        for waiter in coordinators.searches.removeValue(forKey: key)?.waiters ?? [] {
            waiter.call?.noteAnswer(from: connection)
            waiter.done(found)
        }
    }

    /// Asks a coordinator, again where that may help, and takes from its answer what is wanted.
    func callCoordinator<Request: KafkaRequest, Value>(
        of key: CoordinatorKey, _ request: Request, within limit: CallLimit? = nil,
        _ read: @escaping (Request.Response) -> Result<Value, ClientError>,
        done: @escaping (Result<Value, ClientError>) -> Void
    ) {
        retrying(
            Request.apiKey, within: limit,
            { [self] call, finish in
                requestOfCoordinator(key, request, call) { [self] result in
                    finish(result.flatMap(read).mapError { failed(key, $0) })
                }
            }, done: done)
    }

    private func requestOfCoordinator<Request: KafkaRequest>(
        _ key: CoordinatorKey, _ request: Request, _ call: PendingCall,
        done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        findCoordinator(of: key, for: call) { [self] result in
            switch result {
            case .failure(let error): done(.failure(error))
            case .success(let node):
                guard let connection = coordinatorConnection(at: node) else {
                    return done(.failure(ClientError(.closed)))
                }
                self.request(request, on: connection, for: call, done: done)
            }
        }
    }

    /// The connection over which a coordinator is asked: the one for short requests to its broker.
    ///
    /// Requests of a group's members are not short, since a broker answers JoinGroup once all
    /// members have sent it and nothing behind it meanwhile: those belong on an `ownConnection`.
    private func coordinatorConnection(at node: Int32) -> BrokerConnection? { connection(to: node) }

    /// After any failure the coordinator is looked for anew: it may be another broker by now.
    private func failed(_ key: CoordinatorKey, _ error: ClientError) -> ClientError {
        coordinators.nodes[key] = nil
        return key.kind == .group ? error.ofGroup(key.id) : error
    }
}

extension FindCoordinatorResponse {
    /// The coordinator with its address, or why there is none.
    fileprivate var coordinator: Result<MetadataCache.BrokerNode, ClientError> {
        guard errorCode == .none else { return .failure(ClientError(.broker(errorCode), api: .findCoordinator)) }
        guard nodeId >= 0, !host.isEmpty, (1...65_535).contains(port) else {
            let text = "a coordinator without an address: node \(nodeId) at '\(host):\(port)'"
            return .failure(ClientError(.malformedResponse(text), api: .findCoordinator))
        }
        return .success(MetadataCache.BrokerNode(id: nodeId, host: host, port: port))
    }
}

extension ClientError {
    /// Errors of a commit that are a topic's or a partition's; every other is the group's.
    private static let aboutPartitions: Set<ErrorCode> = [
        .unknownTopicOrPartition, .topicAuthorizationFailed, .invalidTopicException, .unknownTopicId,
        .inconsistentTopicId, .offsetMetadataTooLarge, .unstableOffsetCommit, .groupSubscribedToTopic,
    ]

    /// The same of a group: brokers repeat what is wrong with a group at each partition that was
    /// asked for.
    fileprivate func ofGroup(_ group: String) -> ClientError {
        var placed = self
        placed.group = group
        if case .broker(let error) = code, !Self.aboutPartitions.contains(error) { placed.topicPartition = nil }
        return placed
    }
}
