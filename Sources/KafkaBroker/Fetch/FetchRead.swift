import KafkaProtocol
import Networking

/// One look at what a fetch asks for: the response, and the parts of files that belong into it.
struct FetchRead {
    private(set) var response = FetchResponse()
    /// A part for each partition of the response, nil where there are no records.
    private(set) var records: [OutputPart?] = []
    /// The bytes of records.
    private(set) var byteCount = 0
    /// Whether the client should be told at once.
    private(set) var hasError = false
    /// The partitions to wait on.
    private(set) var partitions: [ObjectIdentifier] = []
    private let version: Int16
    private let core: BrokerCore
    private var byteCountLeft: Int

    /// Looks at every partition that is asked for, in the order of the request, until the response
    /// is full.
    init(_ request: FetchRequest, version: Int16, _ core: BrokerCore) {
        self.version = version
        self.core = core
        byteCountLeft = min(Int(max(0, request.maxBytes)), core.configuration.fetchByteCountMax)
        if core.consumerQuota != nil { byteCountLeft = min(byteCountLeft, core.consumerQuota?.byteCountMax ?? .max) }
        for asked in request.topics {
            let topic = version >= 13 ? core.topics.byId[asked.topicId] : core.topics.byName[asked.topic]
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = asked.topic
            result.topicId = asked.topicId
            for wanted in asked.partitions {
                var data = answer(wanted, topic)
                data.abortedTransactions = request.isolationLevel == 0 ? nil : []
                result.partitions.append(data)
            }
            response.responses.append(result)
        }
    }

    private mutating func answer(
        _ wanted: FetchRequest.FetchPartition, _ topic: Topic?
    ) -> FetchResponse.PartitionData {
        var data = FetchResponse.PartitionData()
        data.partitionIndex = wanted.partition
        data.highWatermark = -1
        var part: OutputPart?
        if let topic, let partition = topic.partition(wanted.partition) {
            part = read(wanted, topic, partition, &data)
        } else {
            data.errorCode = topic == nil && version >= 13 ? .unknownTopicId : .unknownTopicOrPartition
        }
        if data.errorCode != .none { hasError = true }
        data.records = RecordsField(byteCount: part?.byteCount ?? 0)
        records.append(part)
        return data
    }

    private mutating func read(
        _ wanted: FetchRequest.FetchPartition, _ topic: Topic, _ partition: Partition,
        _ data: inout FetchResponse.PartitionData
    ) -> OutputPart? {
        let log = partition.log
        data.errorCode = Partition.checkEpoch(wanted.currentLeaderEpoch)
        guard data.errorCode == .none else { return nil }
        data.highWatermark = log.nextOffset
        data.lastStableOffset = log.nextOffset
        data.logStartOffset = log.logStartOffset
        guard (log.logStartOffset...log.nextOffset).contains(wanted.fetchOffset) else {
            data.errorCode = .offsetOutOfRange
            return nil
        }
        partitions.append(ObjectIdentifier(partition))
        do throws(StorageError) {
            return try part(wanted, topic, partition, &data)
        } catch {
            core.log("\(topic.name)-\(partition.index): \(error)")
            data.errorCode = .kafkaStorageError
            return nil
        }
    }

    private mutating func part(
        _ wanted: FetchRequest.FetchPartition, _ topic: Topic, _ partition: Partition,
        _ data: inout FetchResponse.PartitionData
    ) throws(StorageError) -> OutputPart? {
        // The first batch of a response is sent whatever its size, so that its reader can get past
        // it (KIP-74).
        let isFirst = byteCount == 0
        guard byteCountLeft > 0 || isFirst else { return nil }
        let slice = try partition.log.slice(
            from: wanted.fetchOffset, byteCountMax: min(Int(max(0, wanted.partitionMaxBytes)), byteCountLeft),
            isFirstWhole: isFirst)
        guard let slice else { return nil }
        byteCount += slice.byteCount
        byteCountLeft -= slice.byteCount
        guard version < 4 else { return .file(slice.region) }
        switch try core.downConversion.convert(slice, toMagic: version < 2 ? 0 : 1, from: wanted.fetchOffset) {
        case .success(let part): return part
        case .failure(.unsupportedCompression): data.errorCode = .unsupportedCompressionType
        case .failure(let error):
            core.log(
                "Fetch version \(version): \(topic.name)-\(partition.index): what begins at offset \(wanted.fetchOffset) "
                    + "cannot be converted: \(error)")
            data.errorCode = .corruptMessage
        }
        return nil
    }
}
