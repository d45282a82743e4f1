import KafkaProtocol
import Testing

/// The groups' messages against what `frames.py show` says of the same frame.
@Suite struct GroupMessageTests {
    private func request<Request: KafkaRequest>(_ type: Request.Type, _ number: Int) throws -> Request {
        let frame = FrameFixture.recorded[number - 1].bytes
        var reader = WireReader(frame.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        #expect(header.apiKey == Request.apiKey)
        return try Request(parsing: &reader, version: header.apiVersion)
    }

    private func response<Response: KafkaMessage>(
        _ type: Response.Type, _ fixtures: [FrameFixture], _ number: Int
    ) throws -> Response {
        let fixture = fixtures[number - 1]
        #expect(fixture.apiKey == Response.apiKey)
        var reader = WireReader(fixture.bytes.span.bytes)
        _ = try ResponseHeader(parsing: &reader, api: Response.api, version: fixture.version)
        return try Response(parsing: &reader, version: fixture.version)
    }

    @Test func listedGroups() throws {
        let list = try response(ListGroupsResponse.self, FrameFixture.recorded, 832)
        #expect(list.groups.map(\.groupId) == ["g3-f0b830", "grp", "gt-f0b830", "g2-f0b830", "g1-f0b830"])
        #expect(list.groups.map(\.groupState) == ["Empty", "Empty", "Empty", "Stable", "Empty"])
        #expect(list.groups.allSatisfy { $0.protocolType == "consumer" && $0.groupType == "classic" })
    }

    @Test func describedGroups() throws {
        #expect(try request(DescribeGroupsRequest.self, 828).groups == ["jg-j-3340"])
        let group = try response(DescribeGroupsResponse.self, FrameFixture.recorded, 827).groups[0]
        #expect((group.groupId, group.groupState, group.protocolType) == ("jg-j-32472", "Empty", "consumer"))
        #expect(group.errorCode == .none && group.members.isEmpty && group.authorizedOperations == .min)
        let made = try response(DescribeGroupsResponse.self, FrameFixture.generated, 743).groups[0]
        let member = try #require(made.members.first)
        #expect((member.groupInstanceId, member.clientHost) == ("", "_"))
        #expect(member.memberMetadata.prefix(4) == [0x0f, 0xd0, 0xbc, 0x0c])
        #expect(member.memberAssignment.prefix(4) == [0x55, 0xa9, 0x52, 0x68])
    }

    @Test func deletedGroupsAndOffsets() throws {
        #expect(try request(DeleteGroupsRequest.self, 1091).groupsNames == ["jg-j-3340"])
        let deleted = try response(DeleteGroupsResponse.self, FrameFixture.recorded, 1094)
        #expect(deleted.results.map(\.groupId) == ["jg-j-32472"] && deleted.results[0].errorCode == .groupIdNotFound)
        let offsets = try response(OffsetDeleteResponse.self, FrameFixture.recorded, 1109)
        #expect(offsets.topics.map(\.name) == ["j-32472"])
        #expect(offsets.topics[0].partitions.map(\.partitionIndex) == [1, 0])
    }

    @Test func filtersAreNotLostInVersionsWithoutThem() throws {
        var list = ListGroupsRequest()
        list.statesFilter = ["Empty"]
        #expect(try write(list, 4) == fromHex("02 06 456d707479 00"))
        #expect(throws: WireError.self) { try write(list, 3) }
        list.typesFilter = ["classic"]
        #expect(throws: WireError.self) { try write(list, 4) }
    }

    @Test func anAssignmentWithoutALengthIsRefused() throws {
        var response = DescribeGroupsResponse()
        var group = DescribeGroupsResponse.DescribedGroup()
        group.members = [DescribeGroupsResponse.DescribedGroupMember()]
        response.groups = [group]
        var bytes = try write(response, 0)
        #expect(try parse(DescribeGroupsResponse.self, 0, bytes) == response)
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0xff, 0xff, 0xff, 0xff])
        #expect(throws: WireError(.unexpectedNull, at: bytes.count)) {
            try parse(DescribeGroupsResponse.self, 0, bytes)
        }
    }
}
