import KafkaProtocol

extension BrokerCore {
    /// The special timestamps, with the version that each came with; any other negative one is
    /// refused.
    private enum SpecialTimestamp {
        static let latest: Int64 = -1
        static let earliest: Int64 = -2
        static let maxTimestamp: Int64 = -3
        static let earliestLocal: Int64 = -4
        static let latestTiered: Int64 = -5
        static let earliestPendingUpload: Int64 = -6

        static let firstVersions: [Int64: Int16] = [
            latest: 0, earliest: 0, maxTimestamp: 7, earliestLocal: 8, latestTiered: 9, earliestPendingUpload: 11,
        ]
    }

    /// ListOffsets 0–11: an end of the log, or the first record of a time or later.
    ///
    /// Version 0 answers several offsets, from the found one down; 1 answers one, with its
    /// timestamp; 4 checks and answers leader epochs.
    func listOffsets(_ request: ListOffsetsRequest, _ exchange: Exchange) {
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { asked in
            let topic = topics.byName[asked.name]
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = asked.name
            result.partitions = asked.partitions.map { find($0, topic, version: exchange.version) }
            return result
        }
        exchange.respond(response)
    }

    private func find(
        _ asked: ListOffsetsRequest.ListOffsetsPartition, _ topic: Topic?, version: Int16
    ) -> ListOffsetsResponse.ListOffsetsPartitionResponse {
        var answer = ListOffsetsResponse.ListOffsetsPartitionResponse()
        answer.partitionIndex = asked.partitionIndex
        guard let partition = topic?.partition(asked.partitionIndex) else {
            answer.errorCode = .unknownTopicOrPartition
            return answer
        }
        answer.errorCode = Partition.checkEpoch(asked.currentLeaderEpoch)
        if asked.timestamp < 0, version < SpecialTimestamp.firstVersions[asked.timestamp] ?? .max {
            answer.errorCode = .unsupportedVersion
        }
        guard answer.errorCode == .none else { return answer }
        do throws(StorageError) {
            if version == 0 {
                answer.oldStyleOffsets = oldStyle(asked, partition.log)
            } else if let found = try offset(for: asked.timestamp, in: partition.log) {
                answer.offset = found.offset
                answer.timestamp = found.timestamp
                answer.leaderEpoch = Partition.leaderEpoch
            }
        } catch {
            log("\(topic?.name ?? "")-\(partition.index): \(error)")
            answer.errorCode = .kafkaStorageError
        }
        return answer
    }

    private func offset(for timestamp: Int64, in log: PartitionLog) throws(StorageError) -> LogTimeSearch.Found? {
        switch timestamp {
        case SpecialTimestamp.latest: .init(offset: log.nextOffset, timestamp: -1)
        case SpecialTimestamp.earliest, SpecialTimestamp.earliestLocal: .init(offset: log.logStartOffset, timestamp: -1)
        case SpecialTimestamp.maxTimestamp: try LogTimeSearch(log, codecs.decompressor).latestRecord()
        case SpecialTimestamp.latestTiered, SpecialTimestamp.earliestPendingUpload: nil  // Nothing is moved elsewhere.
        default: try LogTimeSearch(log, codecs.decompressor).firstRecord(atOrAfter: timestamp)
        }
    }

    /// Version 0 knows segments only: their starts and the log's end, from the newest that began
    /// before the time down.
    private func oldStyle(_ asked: ListOffsetsRequest.ListOffsetsPartition, _ log: PartitionLog) -> [Int64] {
        var starts = log.segments.map { max($0.baseOffset, log.logStartOffset) }
        if starts.last != log.nextOffset { starts.append(log.nextOffset) }
        let count: Int
        switch asked.timestamp {
        case SpecialTimestamp.latest: count = starts.count
        case SpecialTimestamp.earliest: count = 1
        default: count = 1 + log.segments.prefix { $0.summary.maxTimestamp < asked.timestamp }.count
        }
        return starts.prefix(count).reversed().prefix(Int(max(0, asked.maxNumOffsets))).map { $0 }
    }
}
