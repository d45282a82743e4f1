import KafkaProtocol

extension BrokerCore {
    /// OffsetDelete 0: forgets what a group committed for some partitions, unless its members
    /// subscribe to the topic; where it committed nothing, that is as well.
    func offsetDelete(_ request: OffsetDeleteRequest, _ exchange: Exchange) {
        var response = OffsetDeleteResponse()
        let commits = offsets.store.groups[request.groupId]
        let group = groups.classic[request.groupId]
        guard commits != nil || group != nil else {
            response.errorCode = request.groupId.isEmpty ? .invalidGroupId : .groupIdNotFound
            return exchange.respond(response)
        }
        // Only of consumers is it known what they read.
        if let group, group.state != .empty, group.protocolType != "consumer" {
            response.errorCode = .nonEmptyGroup
            return exchange.respond(response)
        }
        var places: [OffsetStore.Place] = []
        response.topics = request.topics.map { asked in
            var topic = OffsetDeleteResponse.OffsetDeleteResponseTopic()
            topic.name = asked.name
            topic.partitions = asked.partitionIndexes.map { index in
                var partition = OffsetDeleteResponse.OffsetDeleteResponsePartition()
                partition.partitionIndex = index
                guard let topic = topics.byName[asked.name], topic.partition(index) != nil else {
                    partition.errorCode = .unknownTopicOrPartition
                    return partition
                }
                if let group, group.state != .empty, group.subscribedTopics?.contains(topic.name) ?? true {
                    partition.errorCode = .groupSubscribedToTopic
                    return partition
                }
                let place = OffsetStore.Place(topicId: topic.id, partition: index)
                if commits?[place] != nil { places.append(place) }
                return partition
            }
            return topic
        }
        do throws(StorageError) {
            try offsets.delete(group: request.groupId, places)
        } catch {
            log("group \(request.groupId): \(error)")
            response = OffsetDeleteResponse()
            response.errorCode = .kafkaStorageError
        }
        exchange.respond(response)
    }
}
