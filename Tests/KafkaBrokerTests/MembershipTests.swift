import KafkaProtocol
import Testing

@testable import KafkaBroker

/// Members of classic groups over the wire.
@Suite(.timeLimit(.minutes(5))) struct MembershipTests {
    private static let atOnce = ["group.initial.rebalance.delay.ms": "0"]

    private func joinRequest(_ id: String = "", instance: String? = nil, topics: [String] = ["t"]) throws
        -> JoinGroupRequest
    {
        var subscription = ConsumerSubscription()
        subscription.topics = topics
        var assignor = JoinGroupRequest.JoinGroupRequestProtocol()
        assignor.name = "range"
        assignor.metadata = try subscription.bytes(version: 0)
        var request = JoinGroupRequest()
        request.groupId = "g"
        request.sessionTimeoutMs = 10_000
        request.rebalanceTimeoutMs = 60_000
        request.memberId = id
        request.groupInstanceId = instance
        request.protocolType = "consumer"
        request.protocols = [assignor]
        return request
    }

    /// Joins as the only member, and assigns itself `[7]`.
    private func settle(_ client: TestClient, version: Int16 = 9) throws -> JoinGroupResponse {
        var joined = try client.ask(joinRequest(), version)
        if version >= 4 {
            #expect(joined.errorCode == .memberIdRequired)
            joined = try client.ask(joinRequest(joined.memberId), version)
        }
        #expect(joined.errorCode == .none && joined.leader == joined.memberId)
        var sync = SyncGroupRequest()
        sync.groupId = "g"
        sync.memberId = joined.memberId
        sync.generationId = joined.generationId
        var assignment = SyncGroupRequest.SyncGroupRequestAssignment()
        assignment.memberId = joined.memberId
        assignment.assignment = [7]
        sync.assignments = [assignment]
        #expect(try client.ask(sync, min(5, version)).assignment == [7])
        return joined
    }

    private func heartbeat(_ client: TestClient, _ joined: JoinGroupResponse, _ version: Int16 = 4) throws -> ErrorCode
    {
        var request = HeartbeatRequest()
        request.groupId = "g"
        request.memberId = joined.memberId
        request.generationId = joined.generationId
        return try client.ask(request, version).errorCode
    }

    @Test(arguments: Int16(0)...9)
    func joinSyncHeartbeatAndLeave(version: Int16) async throws {
        try await withBroker(Self.atOnce) { broker in
            let client = try broker.client()
            let joined = try settle(client, version: version)
            #expect(joined.protocolName == "range" && joined.members.map(\.memberId) == [joined.memberId])
            #expect(joined.memberId.hasPrefix("test-"))
            #expect(try heartbeat(client, joined, min(4, version)) == .none)
            var leave = LeaveGroupRequest()
            leave.groupId = "g"
            if version >= 3 {
                leave.members = [LeaveGroupRequest.MemberIdentity()]
                leave.members[0].memberId = joined.memberId
            } else {
                leave.memberId = joined.memberId
            }
            let left = try client.ask(leave, min(5, version))
            #expect(left.errorCode == .none && left.members.allSatisfy { $0.errorCode == .none })
            #expect(try heartbeat(client, joined) == .unknownMemberId)
        }
    }

    @Test func requestsAreRefusedByKafkasCodes() async throws {
        try await withBroker(Self.atOnce) { broker in
            let client = try broker.client()
            var request = try joinRequest()
            request.groupId = ""
            #expect(try client.ask(request, 9).errorCode == .invalidGroupId)
            request = try joinRequest()
            for ms in [Int32(5999), 1_800_001] {
                request.sessionTimeoutMs = ms
                #expect(try client.ask(request, 9).errorCode == .invalidSessionTimeout)
            }
            #expect(try client.ask(joinRequest("x"), 9).errorCode == .unknownMemberId)
            for group in ["", "none"] {
                let expected: ErrorCode = group.isEmpty ? .invalidGroupId : .unknownMemberId
                var heartbeat = HeartbeatRequest()
                heartbeat.groupId = group
                #expect(try client.ask(heartbeat, 0).errorCode == expected)
                var sync = SyncGroupRequest()
                sync.groupId = group
                #expect(try client.ask(sync, 0).errorCode == expected)
                var leave = LeaveGroupRequest()
                leave.groupId = group
                #expect(try client.ask(leave, 0).errorCode == expected)
            }
        }
    }

    @Test func aJoinCountsThoughItsClientHasHungUp() async throws {
        try await withBroker(Self.atOnce) { broker in
            let first = try broker.client()
            let joined = try settle(first)
            let second = try broker.client()
            let id = try second.ask(joinRequest(), 9).memberId
            try second.send(joinRequest(id), 9)
            while try heartbeat(first, joined) != .rebalanceInProgress {}
            do {
                let gone = try broker.client()
                try gone.send(joinRequest(joined.memberId), 9)
            }
            let again = try second.receive(JoinGroupResponse.self, 9)
            #expect(again.generationId == 2 && again.leader == joined.memberId)
        }
    }

    /// A request behind the JoinGroup that waits is served while the JoinGroup is answered.
    @Test func aRequestBehindAParkedJoinFindsTheGroup() async throws {
        try await withBroker(["group.initial.rebalance.delay.ms": "200"]) { broker in
            let client = try broker.client()
            let id = try client.ask(joinRequest(), 9).memberId
            try client.send(joinRequest(id), 9)
            var heartbeat = HeartbeatRequest()
            heartbeat.groupId = "g"
            heartbeat.memberId = id
            heartbeat.generationId = 1
            try client.send(heartbeat, 4)
            #expect(try client.receive(JoinGroupResponse.self, 9, ago: 1).generationId == 1)
            #expect(try client.receive(HeartbeatResponse.self, 4).errorCode == .none)
        }
    }

    @Test func describesListsAndKeepsWhatHasMembers() async throws {
        try await withBroker(Self.atOnce) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            try client.createTopic("u")
            let joined = try settle(client)
            let listed = try client.ask(ListGroupsRequest(), 5).groups
            #expect(listed.map(\.groupState) == ["Stable"] && listed.map(\.protocolType) == ["consumer"])
            var describe = DescribeGroupsRequest()
            describe.groups = ["g"]
            let described = try client.ask(describe, 5).groups[0]
            #expect(described.groupState == "Stable" && described.protocolData == "range")
            let member = try #require(described.members.first)
            #expect(member.memberId == joined.memberId && member.clientId == "test")
            #expect(member.clientHost == "/127.0.0.1" && member.memberAssignment == [7])
            #expect(try ConsumerSubscription(parsing: member.memberMetadata).topics == ["t"])
            var delete = DeleteGroupsRequest()
            delete.groupsNames = ["g"]
            #expect(try client.ask(delete, 2).results[0].errorCode == .nonEmptyGroup)
            #expect(try client.commit(5, group: "g", topic: "t") == .unknownMemberId)
            var offsets = OffsetDeleteRequest()
            offsets.groupId = "g"
            offsets.topics = ["t", "u"].map { name in
                var topic = OffsetDeleteRequest.OffsetDeleteRequestTopic()
                topic.name = name
                topic.partitionIndexes = [0]
                return topic
            }
            let outcomes = try client.ask(offsets, 0).topics.map { $0.partitions[0].errorCode }
            #expect(outcomes == [.groupSubscribedToTopic, .none])
        }
    }

    @Test func membersAreKnownAfterARestart() async throws {
        let folder = try makeFolder()
        defer { removeTree(folder) }
        var joined = JoinGroupResponse()
        try await withBroker(Self.atOnce, folder: folder) { joined = try settle(try $0.client()) }
        try await withBroker(Self.atOnce, folder: folder) { broker in
            let client = try broker.client()
            #expect(try heartbeat(client, joined) == .none)
            var describe = DescribeGroupsRequest()
            describe.groups = ["g"]
            let group = try client.ask(describe, 5).groups[0]
            #expect(group.groupState == "Stable" && group.members.map(\.memberId) == [joined.memberId])
            #expect(group.members.map(\.memberAssignment) == [[7]])
            var leave = LeaveGroupRequest()
            leave.groupId = "g"
            leave.memberId = joined.memberId
            #expect(try client.ask(leave, 0).errorCode == .none)
        }
        try await withBroker(Self.atOnce, folder: folder) { broker in
            let client = try broker.client()
            #expect(try heartbeat(client, joined) == .unknownMemberId)
            let listed = try client.ask(ListGroupsRequest(), 5).groups
            #expect(listed.map(\.groupState) == ["Empty"] && listed.map(\.protocolType) == ["consumer"])
            var delete = DeleteGroupsRequest()
            delete.groupsNames = ["g"]
            #expect(try client.ask(delete, 2).results[0].errorCode == .none)
            #expect(try client.ask(ListGroupsRequest(), 5).groups.isEmpty)
        }
        try await withBroker(Self.atOnce, folder: folder) { broker in
            let client = try broker.client()
            #expect(try client.ask(ListGroupsRequest(), 5).groups.isEmpty)
        }
    }

    @Test func partitionsAreAddedAndStayAdded() async throws {
        let folder = try makeFolder()
        defer { removeTree(folder) }
        func grow(_ client: TestClient, _ name: String, _ count: Int32, validateOnly: Bool = false) throws -> ErrorCode
        {
            var request = CreatePartitionsRequest()
            request.validateOnly = validateOnly
            request.topics = [CreatePartitionsRequest.CreatePartitionsTopic()]
            request.topics[0].name = name
            request.topics[0].count = count
            return try client.ask(request, 3).results[0].errorCode
        }
        func committed(_ client: TestClient, partition: Int32) throws -> ErrorCode {
            try client.produce(TestBatch(values: ["v"]).bytes, to: "t", partition).errorCode
        }
        try await withBroker(folder: folder) { broker in
            let client = try broker.client()
            try client.createTopic("t", partitions: 2)
            #expect(try grow(client, "u", 3) == .unknownTopicOrPartition)
            #expect(try grow(client, "t", 2) == .invalidPartitions && grow(client, "t", 10_001) == .policyViolation)
            #expect(try grow(client, "t", 4, validateOnly: true) == .none)
            #expect(try committed(client, partition: 3) == .unknownTopicOrPartition)
            #expect(try grow(client, "t", 4) == .none)
            #expect(try committed(client, partition: 3) == .none)
        }
        try await withBroker(folder: folder) { broker in
            let client = try broker.client()
            #expect(try committed(client, partition: 3) == .none)
            #expect(try committed(client, partition: 4) == .unknownTopicOrPartition)
        }
    }
}
