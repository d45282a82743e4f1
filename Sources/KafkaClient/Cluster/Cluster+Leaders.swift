import KafkaProtocol

extension Cluster {
    /// How each leader is asked of its partitions, and what its answer brings.
    struct LeaderQuestion<Request: KafkaRequest> {
        let request: (_ partitions: [TopicPartition], _ call: PendingCall) -> Request
        /// Adds the offsets answered; returns why one of the partitions is missing.
        let collect: (Request.Response, [TopicPartition], inout [TopicPartition: Int64]) -> ClientError?
    }

    /// Asks the leaders of partitions, all leaders at once, and again where that may help, of those
    /// partitions that are missing.
    func callLeaders<Request: KafkaRequest>(
        of partitions: [TopicPartition], _ question: LeaderQuestion<Request>, within limit: CallLimit? = nil,
        done: @escaping (Result<[TopicPartition: Int64], ClientError>) -> Void
    ) {
        var found: [TopicPartition: Int64] = [:]
        retrying(
            Request.apiKey, within: limit,
            { [self] call, finish in
                let missing = found.isEmpty ? partitions : partitions.filter { found[$0] == nil }
                askLeaders(of: missing, question, call) { offsets, error in
                    if found.isEmpty { found = offsets } else { found.merge(offsets) { $1 } }
                    finish(error.map { .failure($0) } ?? .success(found))
                }
            }, done: done)
    }

    private func askLeaders<Request: KafkaRequest>(
        of partitions: [TopicPartition], _ question: LeaderQuestion<Request>, _ call: PendingCall,
        done: @escaping ([TopicPartition: Int64], ClientError?) -> Void
    ) {
        var byLeader: [Int32: [TopicPartition]] = [:]
        var lookup = LeaderLookup(metadata)
        for partition in partitions {
            guard let leader = lookup.leader(of: partition) else { return done([:], leaderless(partition)) }
            byLeader[leader, default: []].append(partition)
        }
        guard !byLeader.isEmpty else { return done([:], nil) }
        var found: [TopicPartition: Int64] = [:]
        var failure: ClientError?
        var left = byLeader.count
        for (leader, partitions) in byLeader.sorted(by: { $0.key < $1.key }) {
            askLeader(leader, question.request(partitions, call), call) { [self] result in
                switch result {
                case .success(let response):
                    failure = question.collect(response, partitions, &found)?.at(name(of: leader)) ?? failure
                case .failure(let error): failure = error
                }
                left -= 1
                if left == 0 { done(found, failure) }
            }
        }
    }

    private func askLeader<Request: KafkaRequest>(
        _ leader: Int32, _ request: Request, _ call: PendingCall,
        done: @escaping (Result<Request.Response, ClientError>) -> Void
    ) {
        guard let connection = connection(to: leader) else { return done(.failure(ClientError(.closed))) }
        self.request(request, on: connection, for: call, done: done)
    }
}
