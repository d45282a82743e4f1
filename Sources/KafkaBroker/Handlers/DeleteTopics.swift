import KafkaProtocol

extension BrokerCore {
    /// DeleteTopics 0–6: version 5 adds a message, 6 topic ids.
    func deleteTopics(_ request: DeleteTopicsRequest, _ exchange: Exchange) {
        var response = DeleteTopicsResponse()
        if exchange.version >= 6 {
            response.responses = request.topics.map { delete(name: $0.name, id: $0.topicId) }
        } else {
            response.responses = request.topicNames.map { delete(name: $0, id: .zero) }
        }
        exchange.respond(response)
        offsets.forgetTopics { topics.byId[$0] != nil }
    }

    private func delete(name: String?, id: KafkaUUID) -> DeleteTopicsResponse.DeletableTopicResult {
        var result = DeleteTopicsResponse.DeletableTopicResult()
        result.name = name
        result.topicId = id
        guard let topic = name.map({ topics.byName[$0] }) ?? topics.byId[id] else {
            result.errorCode = name == nil ? .unknownTopicId : .unknownTopicOrPartition
            result.errorMessage = result.errorCode.message
            return result
        }
        result.name = topic.name
        result.topicId = topic.id
        do throws(StorageError) {
            try topics.delete(topic)
            for partition in topic.partitions { wake(purgatory.disturbed(ObjectIdentifier(partition))) }
        } catch {
            log("topic \(topic.name): \(error)")
            result.errorCode = .kafkaStorageError
            result.errorMessage = error.description
        }
        return result
    }
}
