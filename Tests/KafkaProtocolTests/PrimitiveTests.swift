import KafkaProtocol
import Testing

@Suite struct KafkaUUIDTests {
    @Test func textIsKafkas() {
        // As org.apache.kafka.common.Uuid prints them.
        #expect(KafkaUUID.zero.description == "AAAAAAAAAAAAAAAAAAAAAA")
        #expect(KafkaUUID(high: 0, low: 1).description == "AAAAAAAAAAAAAAAAAAAAAQ")
        let topic = KafkaUUID(high: 0xaf9c_1e15_f278_4414, low: 0xa699_834b_5cb5_0235)
        #expect(topic.description == "r5weFfJ4RBSmmYNLXLUCNQ")
        #expect(KafkaUUID(high: .max, low: .max).description == "_____________________w")
    }

    @Test func randomOnesAreOfVersionFourAndDiffer() {
        let uuids = (0..<200).map { _ in KafkaUUID.random() }
        #expect(Set(uuids).count == 200)
        #expect(uuids.allSatisfy { $0.high >> 12 & 15 == 4 && $0.low >> 62 == 2 })
        #expect(!uuids.contains { $0.description.hasPrefix("-") })
    }
}

@Suite struct ErrorCodeTests {
    @Test func namesAreKafkas() {
        #expect(ErrorCode.none.name == "NONE")
        #expect(ErrorCode.unknownServerError.name == "UNKNOWN_SERVER_ERROR")
        #expect(ErrorCode.notLeaderOrFollower.name == "NOT_LEADER_OR_FOLLOWER")
        #expect(ErrorCode.unknownTopicId.name == "UNKNOWN_TOPIC_ID")
        #expect(ErrorCode(rawValue: 133).name == "SHARE_SESSION_LIMIT_REACHED")
        #expect(ErrorCode(rawValue: 134).name == "ERROR_134")
        #expect(ErrorCode(rawValue: -2).name == "ERROR_-2")
        #expect(ErrorCode(rawValue: .max).name == "ERROR_32767")
    }

    @Test func retriableOnesAreKafkas() {
        let retriable = (Int16(-1)...133).filter { ErrorCode(rawValue: $0).isRetriable }
        #expect(retriable.count == 32)
        #expect(ErrorCode.notLeaderOrFollower.isRetriable)
        #expect(ErrorCode.unknownTopicOrPartition.isRetriable)
        #expect(!ErrorCode.offsetOutOfRange.isRetriable)
        #expect(!ErrorCode.none.isRetriable)
    }

    @Test func messagesAreWords() {
        #expect(ErrorCode.offsetOutOfRange.message == "the offset is before the start of the log or beyond its end")
        #expect(ErrorCode(rawValue: 123).message == "invalid share session epoch")
    }
}
