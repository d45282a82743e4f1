import KafkaProtocol

extension BrokerCore {
    /// CreatePartitions 0–3: adds empty partitions to topics. Assignments must name this broker
    /// alone.
    func createPartitions(_ request: CreatePartitionsRequest, _ exchange: Exchange) {
        var counts: [String: Int] = [:]
        for topic in request.topics { counts[topic.name, default: 0] += 1 }
        var seen: Set<String> = []
        var response = CreatePartitionsResponse()
        for asked in request.topics where seen.insert(asked.name).inserted {
            var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
            result.name = asked.name
            if let refusal = grow(asked, isDouble: counts[asked.name] != 1, validateOnly: request.validateOnly) {
                result.errorCode = refusal.code
                result.errorMessage = refusal.message
            }
            response.results.append(result)
        }
        exchange.respond(response)
    }

    private func grow(
        _ asked: CreatePartitionsRequest.CreatePartitionsTopic, isDouble: Bool, validateOnly: Bool
    ) -> TopicRefusal? {
        if isDouble { return TopicRefusal(code: .invalidRequest, message: "Duplicate topic name.") }
        guard let topic = topics.byName[asked.name] else {
            return TopicRefusal(code: .unknownTopicOrPartition, message: "This server does not host this topic.")
        }
        if let refusal = refusal(of: asked, topic) { return refusal }
        guard !validateOnly else { return nil }
        do throws(StorageError) {
            try topics.grow(topic, to: asked.count)
            return nil
        } catch {
            log("topic \(topic.name): \(error)")
            return TopicRefusal(code: .kafkaStorageError, message: error.description)
        }
    }

    private func refusal(
        of asked: CreatePartitionsRequest.CreatePartitionsTopic, _ topic: Topic
    ) -> TopicRefusal? {
        let current = Int32(topic.partitions.count)
        guard asked.count > current else {
            return TopicRefusal(
                code: .invalidPartitions,
                message: "The topic \(topic.name) currently has \(current) partition(s); \(asked.count) would not be"
                    + " an increase.")
        }
        let added = Int(asked.count - current)
        guard asked.count <= Topics.partitionCountMax,
            topics.partitionCount + added <= Self.totalPartitionCountMax
        else {
            return TopicRefusal(
                code: .policyViolation,
                message: "A topic may have \(Topics.partitionCountMax) partitions, "
                    + "all of them \(Self.totalPartitionCountMax).")
        }
        guard let assignments = asked.assignments else { return nil }
        guard assignments.count == added, assignments.allSatisfy({ $0.brokerIds == [configuration.nodeId] }) else {
            return TopicRefusal(
                code: .invalidReplicaAssignment,
                message: "\(added) new partitions need an assignment each, "
                    + "and broker \(configuration.nodeId) is the only one.")
        }
        return nil
    }
}
