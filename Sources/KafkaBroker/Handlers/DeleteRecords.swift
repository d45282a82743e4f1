import KafkaProtocol

extension BrokerCore {
    /// DeleteRecords 0–2, all alike but for tagged fields: moves the start of a log up to an
    /// offset, −1 being its end.
    func deleteRecords(_ request: DeleteRecordsRequest, _ exchange: Exchange) {
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { asked in
            var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
            result.name = asked.name
            result.partitions = asked.partitions.map { deleteRecords(topics.byName[asked.name], $0) }
            return result
        }
        exchange.respond(response)
    }

    private func deleteRecords(
        _ topic: Topic?, _ asked: DeleteRecordsRequest.DeleteRecordsPartition
    ) -> DeleteRecordsResponse.DeleteRecordsPartitionResult {
        var result = DeleteRecordsResponse.DeleteRecordsPartitionResult()
        result.partitionIndex = asked.partitionIndex
        result.lowWatermark = -1
        guard let topic, let partition = topic.partition(asked.partitionIndex) else {
            result.errorCode = .unknownTopicOrPartition
            return result
        }
        let offset = asked.offset == -1 ? partition.log.nextOffset : asked.offset
        guard offset >= 0, offset <= partition.log.nextOffset else {
            result.errorCode = .offsetOutOfRange
            return result
        }
        do throws(StorageError) {
            try topics.deleteRecords(topic, partition, before: offset)
            result.lowWatermark = partition.log.logStartOffset
            wake(purgatory.disturbed(ObjectIdentifier(partition)))
        } catch {
            log("\(topic.name)-\(partition.index): \(error)")
            result.errorCode = .kafkaStorageError
        }
        return result
    }
}
