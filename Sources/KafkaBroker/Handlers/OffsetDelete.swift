import KafkaProtocol

extension BrokerCore {
    /// OffsetDelete 0: forgets what a group committed for some partitions; where it committed
    /// nothing, that is as well.
    func offsetDelete(_ request: OffsetDeleteRequest, _ exchange: Exchange) {
        var response = OffsetDeleteResponse()
        guard let commits = offsets.store.groups[request.groupId] else {
            response.errorCode = request.groupId.isEmpty ? .invalidGroupId : .groupIdNotFound
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
                let place = OffsetStore.Place(topicId: topic.id, partition: index)
                if commits[place] != nil { places.append(place) }
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
