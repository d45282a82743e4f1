import KafkaProtocol
import Testing

@testable import KafkaBroker

/// Groups as admin tools see them: those that committed something, none of which has members.
@Suite(.timeLimit(.minutes(5))) struct GroupTests {
    private func withGroups(_ body: (RunningBroker, TestClient) async throws -> Void) async throws {
        try await withBroker { broker in
            let client = try broker.client()
            try client.createTopic("t", partitions: 2)
            for group in ["b", "a"] {
                #expect(try client.commit(5, group: group, topic: "t") == ErrorCode.none)
            }
            try await body(broker, client)
        }
    }

    @Test(arguments: Int16(0)...5)
    func areListed(version: Int16) async throws {
        try await withGroups { _, client in
            let groups = try client.ask(ListGroupsRequest(), version).groups
            #expect(groups.map(\.groupId) == ["a", "b"])
            #expect(groups.allSatisfy { $0.protocolType.isEmpty })
            #expect(groups.allSatisfy { $0.groupState == (version >= 4 ? "Empty" : "") })
            #expect(groups.allSatisfy { $0.groupType == (version >= 5 ? "classic" : "") })
        }
    }

    @Test func areListedByStateAndType() async throws {
        try await withGroups { _, client in
            func count(_ states: [String], _ types: [String]) throws -> Int {
                var request = ListGroupsRequest()
                request.statesFilter = states
                request.typesFilter = types
                return try client.ask(request, 5).groups.count
            }
            let asked: [([String], [String])] = [
                (["Stable", "empty"], []), (["Stable"], []), ([], ["Classic", "consumer"]), (["Empty"], ["consumer"]),
            ]
            let counts = try asked.map { try count($0.0, $0.1) }
            #expect(counts == [2, 0, 2, 0])
        }
    }

    @Test(arguments: Int16(0)...6)
    func areDescribed(version: Int16) async throws {
        try await withGroups { _, client in
            var request = DescribeGroupsRequest()
            request.groups = ["a", "c", ""]
            request.includeAuthorizedOperations = version >= 3
            let groups = try client.ask(request, version).groups
            #expect(groups.map(\.groupId) == ["a", "c", ""])
            #expect(groups.map(\.groupState) == ["Empty", "Dead", ""])
            #expect(groups.map(\.errorCode) == [.none, version >= 6 ? .groupIdNotFound : .none, .invalidGroupId])
            #expect(groups[1].errorMessage == (version >= 6 ? "Group c not found." : nil))
            #expect(groups[0].authorizedOperations == (version >= 3 ? 328 : .min))
            #expect(groups.allSatisfy { $0.members.isEmpty && $0.protocolType.isEmpty })
        }
    }

    @Test(arguments: Int16(0)...2)
    func areDeletedWithWhatTheyCommitted(version: Int16) async throws {
        try await withGroups { _, client in
            var request = DeleteGroupsRequest()
            request.groupsNames = ["a", "c", "a"]
            let results = try client.ask(request, version).results
            #expect(results.map(\.groupId) == ["a", "c"])
            #expect(results.map(\.errorCode) == [.none, .groupIdNotFound])
            #expect(try client.committed(group: "a", topic: "t") == -1)
            #expect(try client.committed(group: "b", topic: "t") == 5)
            #expect(try client.ask(ListGroupsRequest(), 0).groups.map(\.groupId) == ["b"])
        }
    }

    @Test func offsetsAreDeletedOneByOne() async throws {
        try await withGroups { _, client in
            func delete(_ group: String, _ topic: String, _ partitions: [Int32]) throws -> OffsetDeleteResponse {
                var asked = OffsetDeleteRequest.OffsetDeleteRequestTopic()
                asked.name = topic
                asked.partitionIndexes = partitions
                var request = OffsetDeleteRequest()
                request.groupId = group
                request.topics = [asked]
                return try client.ask(request, 0)
            }
            #expect(try delete("c", "t", [0]).errorCode == .groupIdNotFound)
            #expect(try delete("", "t", [0]).errorCode == .invalidGroupId)
            let unknown = try delete("a", "u", [0])
            #expect(unknown.topics[0].partitions.map(\.errorCode) == [.unknownTopicOrPartition])
            #expect(try client.committed(group: "a", topic: "t") == 5)
            let answer = try delete("a", "t", [1, 0, 2])
            #expect(answer.errorCode == .none)
            #expect(answer.topics[0].partitions.map(\.partitionIndex) == [1, 0, 2])
            #expect(answer.topics[0].partitions.map(\.errorCode) == [.none, .none, .unknownTopicOrPartition])
            #expect(try client.committed(group: "a", topic: "t") == -1)
            #expect(try client.committed(group: "b", topic: "t") == 5)
        }
    }

    @Test func whatIsDeletedStaysSoAfterARestart() async throws {
        let folder = try makeFolder()
        defer { removeTree(folder) }
        try await withBroker(folder: folder) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            for group in ["a", "b"] { _ = try client.commit(5, group: group, topic: "t") }
            var request = DeleteGroupsRequest()
            request.groupsNames = ["a"]
            _ = try client.ask(request, 2)
        }
        try await withBroker(folder: folder) { broker in
            let client = try broker.client()
            #expect(try client.ask(ListGroupsRequest(), 5).groups.map(\.groupId) == ["b"])
            #expect(try client.committed(group: "b", topic: "t") == 5)
        }
    }
}
