import Bytes
import KafkaProtocol
import System

extension BrokerCore {
    /// Produce 0–13: appends records, and answers once they are in the log's file, which is all
    /// that acks 1 and −1 can mean with one replica.
    ///
    /// Up to version 2 message sets of magic 0 and 1 are taken, from 3 one batch of magic 2 for a
    /// partition, from 7 with zstd; 13 replaces names by topic ids. With acks 0 nothing is
    /// answered, and an error closes the connection, as in Kafka, so that the client learns of it.
    func produce(_ request: ProduceRequest, _ exchange: Exchange) {
        let refusal = Self.refusal(of: request)
        var ready: [FetchPurgatory<ObjectIdentifier>.Ticket] = []
        var failed: ErrorCode?
        let nowMs = WallClock.nowMs()
        var response = ProduceResponse()
        response.responses = request.topicData.map { data in
            let topic = exchange.version >= 13 ? topics.byId[data.topicId] : topics.byName[data.name]
            var result = ProduceResponse.TopicProduceResponse()
            result.name = data.name
            result.topicId = data.topicId
            result.partitionResponses = data.partitionData.map { partition in
                let outcome = refusal?.outcome ?? append(partition, to: topic, exchange, nowMs: nowMs, &ready)
                if outcome.errorCode != .none { failed = outcome.errorCode }
                return Self.answer(partition.index, outcome)
            }
            return result
        }
        if producerQuota != nil { throttle(exchange, &response) }
        if request.acks != 0 {
            exchange.respond(response)
        } else if let failed {
            exchange.client.refuse("a Produce request with acks=0 failed with \(failed)")
        } else {
            exchange.respondNothing()
        }
        wake(ready)
    }

    /// Counts a request against its client's quota, and tells it how long it is muted.
    private func throttle(_ exchange: Exchange, _ response: inout ProduceResponse) {
        guard let producerQuota else { return }
        exchange.throttleMs = producerQuota.throttleMs(
            exchange.clientId, exchange.frame.count, atNs: MonotonicClock.nowNs())
        response.throttleTimeMs = exchange.throttleMs
    }

    private static func refusal(of request: ProduceRequest) -> AppendRefusal? {
        if request.transactionalId != nil {
            return AppendRefusal(.unsupportedVersion, noTransactions)
        }
        return (-1...1).contains(request.acks)
            ? nil : AppendRefusal(.invalidRequiredAcks, "acks is \(request.acks), and can be 0, 1 and -1.")
    }

    private func append(
        _ data: ProduceRequest.PartitionProduceData, to topic: Topic?, _ exchange: Exchange, nowMs: Int64,
        _ ready: inout [FetchPurgatory<ObjectIdentifier>.Ticket]
    ) -> AppendOutcome {
        guard let topic, let partition = topic.partition(data.index) else {
            let code: ErrorCode = topic == nil && exchange.version >= 13 ? .unknownTopicId : .unknownTopicOrPartition
            return AppendRefusal(code, code.message).outcome
        }
        do throws(AppendRefusal) {
            let batch = try acceptance.accept(
                exchange.frame, data.records?.byteRange ?? 0..<0, version: exchange.version,
                byteCountMax: topic.configuration.maxMessageByteCount)
            guard let batch else { return AppendOutcome(logStartOffset: partition.log.logStartOffset) }
            let outcome = try append(batch, to: partition, of: topic, nowMs: nowMs)
            if outcome.appendedByteCount > 0 {
                ready += purgatory.appended(outcome.appendedByteCount, to: ObjectIdentifier(partition))
            }
            return outcome
        } catch {
            return error.outcome
        }
    }

    private func append(
        _ batch: AcceptedBatch, to partition: Partition, of topic: Topic, nowMs: Int64
    ) throws(AppendRefusal) -> AppendOutcome {
        do throws(StorageError) {
            return try partition.log.append(batch, topic.configuration.timestampType, nowMs: nowMs)
        } catch {
            log("\(topic.name)-\(partition.index): \(error)")
            throw AppendRefusal(.kafkaStorageError, error.description)
        }
    }

    private static func answer(
        _ index: Int32, _ outcome: AppendOutcome
    ) -> ProduceResponse.PartitionProduceResponse {
        var answer = ProduceResponse.PartitionProduceResponse()
        answer.index = index
        answer.errorCode = outcome.errorCode
        answer.errorMessage = outcome.errorMessage
        answer.baseOffset = outcome.baseOffset
        answer.logAppendTimeMs = outcome.logAppendTimeMs
        answer.logStartOffset = outcome.logStartOffset
        return answer
    }
}
