import KafkaProtocol

extension BrokerCore {
    /// CreateTopics 0–7: version 1 adds `validateOnly`, 5 the resulting settings, 7 topic ids.
    func createTopics(_ request: CreateTopicsRequest, _ exchange: Exchange) {
        var counts: [String: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        var seen: Set<String> = []
        var response = CreateTopicsResponse()
        for topic in request.topics where seen.insert(topic.name).inserted {
            let outcome: Result<CreateTopicsResponse.CreatableTopicResult, TopicRefusal>
            if counts[topic.name] == 1 {
                outcome = plan(topic).flatMap { createAndReport($0, validateOnly: request.validateOnly) }
            } else {
                outcome = .failure(TopicRefusal(code: .invalidRequest, message: "Duplicate topic name."))
            }
            response.topics.append(Self.result(topic.name, outcome))
        }
        exchange.respond(response)
    }

    private static func result(
        _ name: String, _ outcome: Result<CreateTopicsResponse.CreatableTopicResult, TopicRefusal>
    ) -> CreateTopicsResponse.CreatableTopicResult {
        switch outcome {
        case .success(let result): return result
        case .failure(let refusal):
            var result = CreateTopicsResponse.CreatableTopicResult()
            result.name = name
            result.errorCode = refusal.code
            result.errorMessage = refusal.message
            return result
        }
    }

    private func createAndReport(
        _ topic: NewTopic, validateOnly: Bool
    ) -> Result<CreateTopicsResponse.CreatableTopicResult, TopicRefusal> {
        var result = CreateTopicsResponse.CreatableTopicResult()
        result.name = topic.name
        result.errorMessage = nil
        result.numPartitions = topic.partitionCount
        result.replicationFactor = 1
        if validateOnly {
            return check(topic).map { configuration in
                result.configs = Self.describe(configuration)
                return result
            }
        }
        return create(topic).map { created in
            result.topicId = created.id
            result.configs = Self.describe(created.configuration)
            return result
        }
    }

    private static func describe(_ configuration: TopicConfiguration) -> [CreateTopicsResponse.CreatableTopicConfigs] {
        configuration.effectiveEntries.map { name, value in
            var config = CreateTopicsResponse.CreatableTopicConfigs()
            config.name = name
            config.value = value
            // Kafka's numbers of where a setting comes from: the topic itself, or the default.
            config.configSource = configuration.entries[name] == nil ? 5 : 1
            return config
        }
    }

    /// What the request asks for, with its defaults filled in.
    private func plan(_ topic: CreateTopicsRequest.CreatableTopic) -> Result<NewTopic, TopicRefusal> {
        let entries = topic.configs.map { (name: $0.name, value: $0.value) }
        var count = topic.numPartitions == -1 ? configuration.partitionCount : topic.numPartitions
        if !topic.assignments.isEmpty {
            guard topic.numPartitions == -1, topic.replicationFactor == -1 else {
                return .failure(
                    TopicRefusal(
                        code: .invalidRequest,
                        message: "Both numPartitions or replicationFactor and replicasAssignments were set."))
            }
            let indexes = topic.assignments.map(\.partitionIndex).sorted()
            guard indexes.elementsEqual(0..<Int32(indexes.count)),
                topic.assignments.allSatisfy({ $0.brokerIds == [configuration.nodeId] })
            else {
                return .failure(
                    TopicRefusal(
                        code: .invalidReplicaAssignment,
                        message: "Partitions must count up from 0, and broker \(configuration.nodeId) is the only one.")
                )
            }
            count = Int32(indexes.count)
        } else if topic.replicationFactor != -1, topic.replicationFactor != 1 {
            return .failure(
                TopicRefusal(
                    code: .invalidReplicationFactor,
                    message: "Replication factor \(topic.replicationFactor): there is 1 broker."))
        }
        return .success(NewTopic(name: topic.name, partitionCount: count, entries: entries))
    }
}
