import Bytes
import KafkaProtocol
import Testing

@Suite struct MessageEncodingTests {
    private func produce(_ records: RecordsField?...) -> ProduceRequest {
        var topic = ProduceRequest.TopicProduceData()
        topic.name = "t"
        topic.partitionData = records.enumerated().map { index, records in
            var partition = ProduceRequest.PartitionProduceData()
            partition.index = Int32(index)
            partition.records = records
            return partition
        }
        var request = ProduceRequest()
        request.topicData = [topic]
        return request
    }

    @Test func frameStandsBehindWhatTheBufferHolds() throws {
        let buffer = ByteBuffer(capacity: 8)
        buffer.append(fromHex("010203").span.bytes)
        let request = produce(RecordsField(byteCount: 1000), nil, RecordsField(byteCount: 0))
        let splices = try encodeRequest(request, version: 3, correlationId: 9, clientId: "me", into: buffer)
        let head = buffer.withUnsafeBytes { Array($0) }
        let wanted = fromHex(
            "010203 0000041f 0000 0003 00000009 0002 6d65 ffff 0000 00000000 00000001 0001 74 00000003"
                + "00000000 000003e8 00000001 ffffffff 00000002 00000000")
        #expect(head == wanted)
        #expect(splices == [Splice(offset: 46, byteCount: 1000), Splice(offset: 62, byteCount: 0)])
    }

    @Test func failureLeavesTheBufferAsItWas() throws {
        let buffer = ByteBuffer(capacity: 8)
        buffer.append(fromHex("010203").span.bytes)
        var request = FindCoordinatorRequest()
        request.key = String(repeating: "k", count: 40_000)
        #expect(throws: WireError(.tooLarge(40_000, limit: 32_767), at: 17)) {
            try encodeRequest(request, version: 0, correlationId: 9, clientId: nil, into: buffer)
        }
        #expect(buffer.withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test func frameBeyondItsLengthIsRefused() throws {
        let half = RecordsField(byteCount: Int(Int32.max) / 2 + 1)
        let buffer = ByteBuffer(capacity: 8)
        #expect(throws: WireError.self) {
            try encodeRequest(produce(half, half), version: 3, correlationId: 0, clientId: nil, into: buffer)
        }
        #expect(throws: WireError(.tooLarge(1 << 40, limit: Int(Int32.max) - 1), at: 23)) {
            try write(produce(RecordsField(byteCount: 1 << 40)), 3)
        }
    }

    @Test func valuesThatAVersionCannotCarryAreRefused() throws {
        var create = CreateTopicsRequest()
        create.validateOnly = true
        #expect(throws: WireError(.notInVersion(0), at: 8)) { try write(create, 0) }
        #expect(try write(create, 1).count == 9)

        var metadata = MetadataRequest()
        metadata.allowAutoTopicCreation = false
        #expect(throws: WireError(.notInVersion(3), at: 4)) { try write(metadata, 3) }

        var fetch = OffsetFetchRequest()
        fetch.groups = [OffsetFetchRequest.OffsetFetchRequestGroup()]
        #expect(throws: WireError.self) { try write(fetch, 7) }
        fetch.topics = nil
        fetch.groups = []
        #expect(throws: WireError.self) { try write(fetch, 8) }
        #expect(throws: WireError.self) { try write(fetch, 1) }
        #expect(try write(fetch, 2) == fromHex("0000 ffffffff"))

        var transaction = ProduceRequest()
        transaction.transactionalId = "x"
        #expect(throws: WireError(.notInVersion(2), at: 0)) { try write(transaction, 2) }
    }

    @Test func listsOfBrokersAreReadEachAsItIs() throws {
        let lists: [[Int32]] = [[1, 2, 3], [1, 2, 3], [1, 2, 4], [1, 2], [], [], [1, 2, 4], [4]]
        var topic = MetadataResponse.MetadataResponseTopic()
        topic.partitions = lists.map { list in
            var partition = MetadataResponse.MetadataResponsePartition()
            partition.replicaNodes = list
            partition.isrNodes = list.reversed()
            partition.offlineReplicas = list
            return partition
        }
        var metadata = MetadataResponse()
        metadata.topics = [topic]
        for version in [8, 12] as [Int16] {
            let bytes = try write(metadata, version)
            var reader = WireReader(bytes.span.bytes)
            #expect(try MetadataResponse(parsing: &reader, version: version) == metadata)
        }
    }

    @Test func topicsGoByNameOrById() throws {
        var request = produce(nil)
        request.topicData[0].topicId = KafkaUUID(high: 1, low: 2)
        let byName = try parse(ProduceRequest.self, 12, try write(request, 12))
        #expect(byName.topicData[0].name == "t")
        #expect(byName.topicData[0].topicId == .zero)
        let byId = try parse(ProduceRequest.self, 13, try write(request, 13))
        #expect(byId.topicData[0].name == "")
        #expect(byId.topicData[0].topicId == KafkaUUID(high: 1, low: 2))
    }

    @Test func unsupportedApiVersionIsAnsweredInTheLayoutOfVersionZero() throws {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        var versions = ApiVersionsResponse.ApiVersion()
        versions.apiKey = .apiVersions
        versions.maxVersion = 4
        response.apiKeys = [versions]
        response.throttleTimeMs = 7
        let layout = fromHex("0023 00000001 0012 0000 0004")
        for version in ApiVersionsResponse.versions {
            #expect(try write(response, version) == layout)
            #expect(try parse(ApiVersionsResponse.self, version, layout).apiKeys == [versions])
        }
    }

    @Test func apiVersionsResponseHasTheOldHeaderAlways() throws {
        let buffer = ByteBuffer(capacity: 8)
        _ = try encodeResponse(ApiVersionsResponse(), version: 3, correlationId: 5, into: buffer)
        #expect(buffer.withUnsafeBytes { Array($0) } == fromHex("0000000c 00000005 0000 01 00000000 00"))
        buffer.removeAll()
        _ = try encodeResponse(InitProducerIdResponse(), version: 2, correlationId: 5, into: buffer)
        let wanted = fromHex("00000016 00000005 00 00000000 0000 ffffffffffffffff 0000 00")
        #expect(buffer.withUnsafeBytes { Array($0) } == wanted)
    }
}
