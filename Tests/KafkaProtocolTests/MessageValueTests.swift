import KafkaProtocol
import Testing

/// Fields against what `frames.py show` says of the same frame, so that a mistake made alike in
/// reading and writing shows.
@Suite struct MessageValueTests {
    private let topicOfJava391 = KafkaUUID(high: 0x89b1_fc62_e293_4b85, low: 0x84c0_5b75_6734_b29e)
    private let topicOfJava431 = KafkaUUID(high: 0xaf9c_1e15_f278_4414, low: 0xa699_834b_5cb5_0235)

    private func request<Request: KafkaRequest>(
        _ type: Request.Type, _ fixtures: [FrameFixture], _ number: Int, version: Int16
    ) throws -> (RequestHeader, Request) {
        let frame = fixtures[number - 1].bytes
        var reader = WireReader(frame.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        #expect(header.apiKey == Request.apiKey)
        #expect(header.apiVersion == version)
        return (header, try Request(parsing: &reader, version: version))
    }

    private func response<Response: KafkaMessage>(
        _ type: Response.Type, _ fixtures: [FrameFixture], _ number: Int, version: Int16
    ) throws -> (ResponseHeader, Response) {
        #expect(fixtures[number - 1].version == version)
        let frame = fixtures[number - 1].bytes
        var reader = WireReader(frame.span.bytes)
        let header = try ResponseHeader(parsing: &reader, api: Response.api, version: version)
        return (header, try Response(parsing: &reader, version: version))
    }

    @Test func produceRequestOfKafkaPython() throws {
        let (header, produce) = try request(ProduceRequest.self, FrameFixture.recorded, 13, version: 1)
        #expect(
            header
                == RequestHeader(
                    apiKey: .produce, apiVersion: 1, correlationId: 2, clientId: "kafka-python-producer-1"))
        #expect(produce.acks == -1)
        #expect(produce.timeoutMs == 30_000)
        #expect(produce.topicData.map(\.name) == ["kp-9f453f"])
        let partitions = produce.topicData[0].partitionData
        #expect(partitions.map(\.index) == [1, 0])
        #expect(partitions.map { $0.records?.byteCount } == [413, 967])
        let range = try #require(partitions[0].records?.byteRange)
        let first = FrameFixture.recorded[12].bytes[range].prefix(16)
        #expect(Array(first) == fromHex("00000000000000000000001e1792bb70"))
    }

    @Test func produceResponseWithNewLeader() throws {
        let (_, produce) = try response(ProduceResponse.self, FrameFixture.generated, 84, version: 13)
        let partitions = produce.responses[1].partitionResponses
        #expect(partitions[0].errorCode.rawValue == -16002)
        #expect(partitions[0].logAppendTimeMs == -7_266_604_967_928_559_312)
        #expect(partitions[0].recordErrors.map(\.batchIndex) == [-1, 0, -806_540_526])
        #expect(partitions[0].recordErrors[0].batchIndexErrorMessage == "-09a-_z")
        #expect(
            partitions[0].recordErrors[0].unknownTaggedFields
                == [TaggedField(tag: 7777, content: [0xc0, 0xff, 0xee])])
        #expect(partitions[0].errorMessage == "9a9.99z")
        #expect(partitions[0].currentLeader.leaderId == 1_792_571_030)
        #expect(partitions[1].currentLeader.leaderEpoch == -1_617_782_490)
        #expect(produce.responses[2].partitionResponses[0].baseOffset == 4_166_139_035_375_091_246)
        #expect(produce.throttleTimeMs == -1)
        #expect(produce.nodeEndpoints == [])
    }

    @Test func fetchRequestOfJava() throws {
        let (_, fetch) = try request(FetchRequest.self, FrameFixture.recorded, 206, version: 17)
        #expect(fetch.maxWaitMs == 500)
        #expect(fetch.minBytes == 1)
        #expect(fetch.maxBytes == 52_428_800)
        #expect(fetch.sessionEpoch == 0)
        #expect(fetch.topics.map(\.topicId) == [topicOfJava391])
        #expect(fetch.topics[0].partitions.map(\.partition) == [1, 0])
        #expect(fetch.topics[0].partitions[0].lastFetchedEpoch == -1)
        #expect(fetch.topics[0].partitions[0].partitionMaxBytes == 1_048_576)
        #expect(fetch.topics[0].partitions[0].highWatermark == .max)
        #expect(fetch.clusterId == nil)
    }

    @Test func fetchRequestOfAFollower() throws {
        let (_, fetch) = try request(FetchRequest.self, FrameFixture.generated, 141, version: 18)
        #expect(fetch.clusterId == "_-0_.-.")
        #expect(fetch.replicaState.replicaId == 182_967_161)
        #expect(fetch.replicaState.replicaEpoch == -5_664_905_062_219_004_206)
        #expect(fetch.isolationLevel == -41)
        let partitions = fetch.topics[0].partitions
        #expect(partitions.map(\.highWatermark) == [-1, -8_756_112_622_367_677_517, 0])
        #expect(partitions[0].replicaDirectoryId.high == 0xa3d8_1770_c5ed_49ad)
        #expect(partitions[1].replicaDirectoryId == .zero)
        #expect(fetch.forgottenTopicsData[0].partitions == [0])
    }

    @Test func fetchResponseOfKafka() throws {
        let (header, fetch) = try response(FetchResponse.self, FrameFixture.recorded, 210, version: 17)
        #expect(header.correlationId == 11)
        #expect(fetch.sessionId == 1_263_984_558)
        #expect(fetch.responses.map(\.topicId) == [topicOfJava391])
        let partition = fetch.responses[0].partitions[0]
        #expect(partition.partitionIndex == 1)
        #expect(partition.highWatermark == 50)
        #expect(partition.lastStableOffset == 50)
        #expect(partition.logStartOffset == 0)
        #expect(partition.abortedTransactions == nil)
        #expect(partition.preferredReadReplica == -1)
        #expect(fetch.responses[0].partitions.map { $0.records?.byteCount } == [296, 2275])
    }

    @Test func fetchResponseWithSnapshot() throws {
        let (_, fetch) = try response(FetchResponse.self, FrameFixture.generated, 197, version: 18)
        #expect(fetch.errorCode.rawValue == -12164)
        let partitions = fetch.responses[0].partitions
        #expect(partitions[0].currentLeader.leaderEpoch == 0)
        #expect(
            partitions[1].abortedTransactions?.map(\.producerId)
                == [-8_099_059_416_885_678_399, -6_845_913_716_685_277_923, -1_835_978_971_269_741_847])
        #expect(partitions[2].snapshotId.endOffset == -67_173_050_800_253_792)
        #expect(partitions[2].snapshotId.epoch == 0)
        #expect(partitions[2].preferredReadReplica == 45_391_155)
        #expect(fetch.responses[2].partitions[0].abortedTransactions == nil)
        #expect(fetch.responses[2].partitions[1].abortedTransactions == [])
        #expect(fetch.unknownTaggedFields.map(\.tag) == [7777])
    }

    @Test func listOffsetsResponses() throws {
        let (_, old) = try response(ListOffsetsResponse.self, FrameFixture.recorded, 232, version: 0)
        #expect(old.topics[0].name == "kp-668a61")
        #expect(old.topics[0].partitions.map(\.oldStyleOffsets) == [[0], [0]])
        let (_, new) = try response(ListOffsetsResponse.self, FrameFixture.recorded, 314, version: 11)
        #expect(new.topics[0].partitions.map(\.partitionIndex) == [0, 1])
        #expect(new.topics[0].partitions.map(\.timestamp) == [-1, -1])
        #expect(new.topics[0].partitions.map(\.offset) == [0, 0])
        #expect(new.topics[0].partitions.map(\.leaderEpoch) == [0, 0])
    }

    @Test func metadata() throws {
        let (_, all) = try request(MetadataRequest.self, FrameFixture.recorded, 437, version: 13)
        #expect(all.topics == nil)
        #expect(all.allowAutoTopicCreation)
        let (_, metadata) = try response(MetadataResponse.self, FrameFixture.recorded, 445, version: 13)
        #expect(metadata.brokers.map(\.port) == [31_000])
        #expect(metadata.brokers[0].host == "127.0.0.1")
        #expect(metadata.brokers[0].rack == nil)
        #expect(metadata.clusterId == "MkU3OEVBNTcwNTJENDM2Qg")
        #expect(metadata.topics[0].name == "c-f0aca7")
        #expect(metadata.topics[0].topicId.low == 0xb065_7c8d_fa59_c3a9)
        #expect(metadata.topics[0].partitions.map(\.partitionIndex) == [0, 1, 2])
        #expect(metadata.topics[0].partitions[2].isrNodes == [1])
        #expect(metadata.topics[0].partitions[2].offlineReplicas == [])
        #expect(metadata.topics[0].topicAuthorizedOperations == .min)
    }

    @Test func offsetCommits() throws {
        let (header, old) = try request(OffsetCommitRequest.self, FrameFixture.recorded, 453, version: 1)
        #expect(header.clientId == "pykafka")
        #expect(old.groupId == "new-e")
        #expect(old.generationIdOrMemberEpoch == -1)
        #expect(old.topics[0].name == "pk-rules")
        #expect(old.topics[0].partitions[0].commitTimestamp == 1_795_469_754_781)
        #expect(old.topics[0].partitions[0].committedMetadata == #"{"consumer_id": "", "hostname": "vm"}"#)
        let (_, new) = try request(OffsetCommitRequest.self, FrameFixture.recorded, 508, version: 10)
        #expect(new.memberId == "8kKKDICKSNCINUIp3_nGcg")
        #expect(new.groupInstanceId == nil)
        #expect(new.topics[0].topicId == topicOfJava431)
        #expect(new.topics[0].partitions.map(\.committedOffset) == [50, 10])
        #expect(new.topics[0].partitions.map(\.committedLeaderEpoch) == [0, -1])
    }

    @Test func offsetFetches() throws {
        let (_, fetch) = try request(OffsetFetchRequest.self, FrameFixture.recorded, 588, version: 10)
        #expect(fetch.groups[0].groupId == "jg2-j-3340")
        #expect(fetch.groups[0].memberEpoch == 2)
        #expect(fetch.groups[0].topics?.map(\.partitionIndexes) == [[0, 1]])
        #expect(fetch.requireStable)
        let (_, answer) = try response(OffsetFetchResponse.self, FrameFixture.recorded, 589, version: 10)
        #expect(answer.groups[0].topics[0].topicId == topicOfJava431)
        #expect(answer.groups[0].topics[0].partitions.map(\.committedOffset) == [-1, -1])
        #expect(answer.groups[0].topics[0].partitions[0].metadata == "")
    }

    @Test func findCoordinator() throws {
        let (_, found) = try response(FindCoordinatorResponse.self, FrameFixture.recorded, 632, version: 6)
        #expect(found.coordinators.map(\.key) == ["jg2-j-32472"])
        #expect(found.coordinators[0].port == 32_000)
        #expect(found.coordinators[0].errorMessage == "")
    }

    @Test func apiVersions() throws {
        let (_, versions) = try response(ApiVersionsResponse.self, FrameFixture.recorded, 858, version: 3)
        #expect(versions.apiKeys.count == 61)
        #expect(versions.apiKeys[1].apiKey == .fetch)
        #expect(versions.apiKeys[1].maxVersion == 17)
        #expect(versions.finalizedFeaturesEpoch == 242)
        #expect(versions.finalizedFeatures.map(\.name) == ["metadata.version"])
        #expect(versions.finalizedFeatures[0].minVersionLevel == 21)
        #expect(versions.supportedFeatures[0].maxVersion == 21)
    }

    @Test func topicsAndRecords() throws {
        let (_, create) = try request(CreateTopicsRequest.self, FrameFixture.recorded, 905, version: 7)
        #expect(create.topics[0].name == "j-32472")
        #expect(create.topics[0].numPartitions == 2)
        #expect(create.topics[0].replicationFactor == -1)
        #expect(create.topics[0].configs.map(\.value) == ["1048576"])
        #expect(create.timeoutMs == 29_993)
        let (_, created) = try response(CreateTopicsResponse.self, FrameFixture.generated, 605, version: 7)
        #expect(created.topics.map(\.topicConfigErrorCode.rawValue) == [23_037, 0])
        #expect(created.topics[1].configs?.map(\.configSource) == [5, 16])
        let (_, deleted) = try response(DeleteTopicsResponse.self, FrameFixture.recorded, 937, version: 6)
        #expect(deleted.responses.map(\.topicId) == [topicOfJava391])
        let (_, trim) = try request(DeleteRecordsRequest.self, FrameFixture.recorded, 953, version: 2)
        #expect(trim.topics[0].partitions.map(\.offset) == [2])
        #expect(trim.timeoutMs == 60_000)
        let (_, trimmed) = try response(DeleteRecordsResponse.self, FrameFixture.recorded, 960, version: 2)
        #expect(trimmed.topics[0].partitions.map(\.lowWatermark) == [2])
    }

    @Test func producerIds() throws {
        let (_, ask) = try request(InitProducerIdRequest.self, FrameFixture.recorded, 984, version: 5)
        #expect(ask.transactionalId == "jt-j-3340")
        #expect(ask.transactionTimeoutMs == 60_000)
        #expect(ask.producerId == -1)
        let (_, refusal) = try response(InitProducerIdResponse.self, FrameFixture.recorded, 980, version: 4)
        #expect(refusal.errorCode == .coordinatorLoadInProgress)
        #expect(refusal.producerEpoch == -1)
        let (_, given) = try response(InitProducerIdResponse.self, FrameFixture.recorded, 986, version: 5)
        #expect(given.producerId == 10)
    }
}
