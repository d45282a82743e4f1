/// What a broker says went wrong; codes that are not known here are kept as their number.
public struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire.
    public var rawValue: Int16

    /// The error with this number.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Its name.
    public var description: String { name }
}

extension ErrorCode {
    /// The broker failed in a way that it has no code for.
    public static let unknownServerError = ErrorCode(rawValue: -1)
    /// Nothing went wrong.
    public static let none = ErrorCode(rawValue: 0)
    /// The offset is before the start of the log or beyond its end.
    public static let offsetOutOfRange = ErrorCode(rawValue: 1)
    /// The records failed their checksum, or contradict themselves.
    public static let corruptMessage = ErrorCode(rawValue: 2)
    /// The broker does not know the topic or partition.
    public static let unknownTopicOrPartition = ErrorCode(rawValue: 3)
    /// The partition has no leader at the moment.
    public static let leaderNotAvailable = ErrorCode(rawValue: 5)
    /// Another broker leads the partition.
    public static let notLeaderOrFollower = ErrorCode(rawValue: 6)
    /// The broker did not finish in time.
    public static let requestTimedOut = ErrorCode(rawValue: 7)
    /// The replica is not at hand on this broker.
    public static let replicaNotAvailable = ErrorCode(rawValue: 9)
    /// The batch is larger than the topic takes.
    public static let messageTooLarge = ErrorCode(rawValue: 10)
    /// The note with a committed offset is too long.
    public static let offsetMetadataTooLarge = ErrorCode(rawValue: 12)
    /// The broker hung up before it answered.
    public static let networkException = ErrorCode(rawValue: 13)
    /// The coordinator is still loading the group or transaction.
    public static let coordinatorLoadInProgress = ErrorCode(rawValue: 14)
    /// The coordinator is not up yet.
    public static let coordinatorNotAvailable = ErrorCode(rawValue: 15)
    /// Another broker is the coordinator.
    public static let notCoordinator = ErrorCode(rawValue: 16)
    /// The name is not one that a topic may have, or the topic is Kafka's own.
    public static let invalidTopicException = ErrorCode(rawValue: 17)
    /// Too few replicas are in sync to take the records.
    public static let notEnoughReplicas = ErrorCode(rawValue: 19)
    /// The records were written, but by too few replicas.
    public static let notEnoughReplicasAfterAppend = ErrorCode(rawValue: 20)
    /// The number of acknowledgements is none of 0, 1 and -1.
    public static let invalidRequiredAcks = ErrorCode(rawValue: 21)
    /// The group has moved on to another generation.
    public static let illegalGeneration = ErrorCode(rawValue: 22)
    /// The member shares no assignor with the rest of its group.
    public static let inconsistentGroupProtocol = ErrorCode(rawValue: 23)
    /// The name is not one that a group may have.
    public static let invalidGroupId = ErrorCode(rawValue: 24)
    /// The group does not know the member.
    public static let unknownMemberId = ErrorCode(rawValue: 25)
    /// The session timeout is outside what the broker allows.
    public static let invalidSessionTimeout = ErrorCode(rawValue: 26)
    /// The group is being rebalanced.
    public static let rebalanceInProgress = ErrorCode(rawValue: 27)
    /// The client may not do this with the topic.
    public static let topicAuthorizationFailed = ErrorCode(rawValue: 29)
    /// The client may not do this with the group.
    public static let groupAuthorizationFailed = ErrorCode(rawValue: 30)
    /// The client may not do this with the cluster.
    public static let clusterAuthorizationFailed = ErrorCode(rawValue: 31)
    /// The timestamp of a record is outside what the topic allows.
    public static let invalidTimestamp = ErrorCode(rawValue: 32)
    /// The broker does not offer this way to authenticate.
    public static let unsupportedSaslMechanism = ErrorCode(rawValue: 33)
    /// The request does not belong at this point of authentication.
    public static let illegalSaslState = ErrorCode(rawValue: 34)
    /// The broker does not speak this version of the API.
    public static let unsupportedVersion = ErrorCode(rawValue: 35)
    /// There is a topic of this name already.
    public static let topicAlreadyExists = ErrorCode(rawValue: 36)
    /// The number of partitions is not possible.
    public static let invalidPartitions = ErrorCode(rawValue: 37)
    /// The number of replicas is not possible here.
    public static let invalidReplicationFactor = ErrorCode(rawValue: 38)
    /// The assignment of replicas is not possible.
    public static let invalidReplicaAssignment = ErrorCode(rawValue: 39)
    /// A setting is unknown or has an impossible value.
    public static let invalidConfig = ErrorCode(rawValue: 40)
    /// Another broker is the controller.
    public static let notController = ErrorCode(rawValue: 41)
    /// The request contradicts itself.
    public static let invalidRequest = ErrorCode(rawValue: 42)
    /// The partition's message format has no room for this.
    public static let unsupportedForMessageFormat = ErrorCode(rawValue: 43)
    /// The broker's policy forbids it.
    public static let policyViolation = ErrorCode(rawValue: 44)
    /// A batch before this one is missing.
    public static let outOfOrderSequenceNumber = ErrorCode(rawValue: 45)
    /// The batch was appended before.
    public static let duplicateSequenceNumber = ErrorCode(rawValue: 46)
    /// A newer producer of the same id has taken over.
    public static let invalidProducerEpoch = ErrorCode(rawValue: 47)
    /// The transaction is in no state for this.
    public static let invalidTxnState = ErrorCode(rawValue: 48)
    /// The producer id does not belong to the transactional id.
    public static let invalidProducerIdMapping = ErrorCode(rawValue: 49)
    /// The transaction timeout is longer than the broker allows.
    public static let invalidTransactionTimeout = ErrorCode(rawValue: 50)
    /// Another request of the same transaction is in progress.
    public static let concurrentTransactions = ErrorCode(rawValue: 51)
    /// Another coordinator has taken the transaction over.
    public static let transactionCoordinatorFenced = ErrorCode(rawValue: 52)
    /// The client may not use the transactional id.
    public static let transactionalIdAuthorizationFailed = ErrorCode(rawValue: 53)
    /// An earlier error kept this from being tried.
    public static let operationNotAttempted = ErrorCode(rawValue: 55)
    /// The broker could not read or write its disk.
    public static let kafkaStorageError = ErrorCode(rawValue: 56)
    /// The credentials were refused.
    public static let saslAuthenticationFailed = ErrorCode(rawValue: 58)
    /// The broker knows nothing of the producer any more.
    public static let unknownProducerId = ErrorCode(rawValue: 59)
    /// The group still has members.
    public static let nonEmptyGroup = ErrorCode(rawValue: 68)
    /// There is no such group.
    public static let groupIdNotFound = ErrorCode(rawValue: 69)
    /// The broker has forgotten the fetch session.
    public static let fetchSessionIdNotFound = ErrorCode(rawValue: 70)
    /// The request's number does not follow in its fetch session.
    public static let invalidFetchSessionEpoch = ErrorCode(rawValue: 71)
    /// The leader does not listen where the client asked.
    public static let listenerNotFound = ErrorCode(rawValue: 72)
    /// The broker is set to delete no topics.
    public static let topicDeletionDisabled = ErrorCode(rawValue: 73)
    /// The client knows an older leader than the broker.
    public static let fencedLeaderEpoch = ErrorCode(rawValue: 74)
    /// The client knows a newer leader than the broker.
    public static let unknownLeaderEpoch = ErrorCode(rawValue: 75)
    /// The codec is not allowed in this version of the API.
    public static let unsupportedCompressionType = ErrorCode(rawValue: 76)
    /// The leader is new and cannot say yet where its log ends.
    public static let offsetNotAvailable = ErrorCode(rawValue: 78)
    /// The member has to ask again with the id it was given.
    public static let memberIdRequired = ErrorCode(rawValue: 79)
    /// The group is full.
    public static let groupMaxSizeReached = ErrorCode(rawValue: 81)
    /// A newer member of the same name has taken over.
    public static let fencedInstanceId = ErrorCode(rawValue: 82)
    /// Members of the group still subscribe to the topic.
    public static let groupSubscribedToTopic = ErrorCode(rawValue: 86)
    /// A record of the batch is not valid.
    public static let invalidRecord = ErrorCode(rawValue: 87)
    /// An open transaction may still change the offset.
    public static let unstableOffsetCommit = ErrorCode(rawValue: 88)
    /// The quota is used up.
    public static let throttlingQuotaExceeded = ErrorCode(rawValue: 89)
    /// A newer producer of the same transaction has taken over.
    public static let producerFenced = ErrorCode(rawValue: 90)
    /// The broker does not know the topic id.
    public static let unknownTopicId = ErrorCode(rawValue: 100)
    /// The topic id belongs to another topic of this name.
    public static let inconsistentTopicId = ErrorCode(rawValue: 103)
    /// The fetch session mixes names and ids.
    public static let fetchSessionTopicIdError = ErrorCode(rawValue: 106)
    /// The group has moved the member on to another epoch.
    public static let fencedMemberEpoch = ErrorCode(rawValue: 110)
    /// A member of this name has not left yet.
    public static let unreleasedInstanceId = ErrorCode(rawValue: 111)
    /// The group has no such assignor.
    public static let unsupportedAssignor = ErrorCode(rawValue: 112)
    /// The member's epoch is behind that of its group.
    public static let staleMemberEpoch = ErrorCode(rawValue: 113)
    /// The transaction has to be aborted.
    public static let transactionAbortable = ErrorCode(rawValue: 120)
    /// The client has to start again from its bootstrap servers.
    public static let rebootstrapRequired = ErrorCode(rawValue: 129)
}
