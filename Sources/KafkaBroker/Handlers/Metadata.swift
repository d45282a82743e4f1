import KafkaProtocol

extension BrokerCore {
    /// Metadata 0–13: this broker, and the topics asked for; a missing one is made if both sides
    /// allow it.
    ///
    /// Up to version 0 an empty list means all topics, later null does. From 4 the client says
    /// whether topics may be made; 10 adds topic ids, 13 an error for the whole.
    func metadata(_ request: MetadataRequest, _ exchange: Exchange) {
        var response = MetadataResponse()
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.nodeId = configuration.nodeId
        broker.host = advertised.host
        broker.port = Int32(advertised.port)
        response.brokers = [broker]
        response.clusterId = directory.clusterId
        response.controllerId = configuration.nodeId
        if request.includeClusterAuthorizedOperations { response.clusterAuthorizedOperations = Self.clusterOperations }
        let wantsOperations = request.includeTopicAuthorizedOperations
        if let asked = request.topics, !(asked.isEmpty && exchange.version == 0) {
            let mayCreate = request.allowAutoTopicCreation && configuration.autoCreateTopics
            response.topics = asked.map { describe($0, mayCreate: mayCreate, wantsOperations) }
        } else {
            response.topics = topics.byName.values.sorted { $0.name < $1.name }.map { describe($0, wantsOperations) }
        }
        exchange.respond(response)
    }

    /// Everything a client may do, as bits of Kafka's `AclOperation`: there are no access rules
    /// here.
    private static let topicOperations: Int32 = 0xdf8
    private static let clusterOperations: Int32 = 0x1fa0

    private func describe(
        _ asked: MetadataRequest.MetadataRequestTopic, mayCreate: Bool, _ wantsOperations: Bool
    ) -> MetadataResponse.MetadataResponseTopic {
        guard let name = asked.name else {
            if let topic = topics.byId[asked.topicId] { return describe(topic, wantsOperations) }
            var missing = MetadataResponse.MetadataResponseTopic()
            missing.name = nil
            missing.topicId = asked.topicId
            missing.errorCode = .unknownTopicId
            return missing
        }
        if let topic = topics.byName[name] { return describe(topic, wantsOperations) }
        var missing = MetadataResponse.MetadataResponseTopic()
        missing.name = name
        let plan = NewTopic(name: name, partitionCount: configuration.partitionCount, entries: [])
        if TopicName.refusal(name) != nil {
            missing.errorCode = .invalidTopicException
            return missing
        }
        guard mayCreate else {
            missing.errorCode = .unknownTopicOrPartition
            return missing
        }
        switch create(plan) {
        case .success(let creation): return describe(creation, wantsOperations)
        case .failure(let refusal):
            missing.errorCode = refusal.code
            return missing
        }
    }

    private func describe(_ topic: Topic, _ wantsOperations: Bool) -> MetadataResponse.MetadataResponseTopic {
        var described = MetadataResponse.MetadataResponseTopic()
        described.name = topic.name
        described.topicId = topic.id
        if wantsOperations { described.topicAuthorizedOperations = Self.topicOperations }
        described.partitions = topic.partitions.map { partition in
            var described = MetadataResponse.MetadataResponsePartition()
            described.partitionIndex = partition.index
            described.leaderId = configuration.nodeId
            described.leaderEpoch = Partition.leaderEpoch
            described.replicaNodes = [configuration.nodeId]
            described.isrNodes = [configuration.nodeId]
            return described
        }
        return described
    }
}
