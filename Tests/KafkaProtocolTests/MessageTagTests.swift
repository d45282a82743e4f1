import KafkaProtocol
import Testing

@Suite struct MessageTagTests {
    /// The fields before the tagged ones of a Fetch response of version 12 and later without
    /// topics.
    private let fetchResponse = fromHex("00000000 0000 00000000 01")

    @Test func unknownTagsAreKeptInTheirOrder() throws {
        let body = fromHex("03 6b6b 02 31") + fromHex("02 05 01 aa 8101 02 bbcc")
        let request = try parse(ApiVersionsRequest.self, 3, body)
        #expect(
            request.unknownTaggedFields
                == [TaggedField(tag: 5, content: [0xaa]), TaggedField(tag: 129, content: [0xbb, 0xcc])])
        #expect(try write(request, 3) == body)
    }

    @Test func tagOfALaterVersionIsUnknownBefore() throws {
        let tags = fromHex("01 00 0f 02 00000001 02 68 00002384 00 00")
        let before = try parse(FetchResponse.self, 15, fetchResponse + tags.prefix(2) + [0x0d] + tags.suffix(13))
        #expect(before.nodeEndpoints.isEmpty)
        #expect(before.unknownTaggedFields.map(\.tag) == [0])
        let after = try parse(FetchResponse.self, 16, fetchResponse + tags.prefix(2) + [0x0d] + tags.suffix(13))
        #expect(after.nodeEndpoints.map(\.port) == [9092])
        #expect(after.unknownTaggedFields.isEmpty)
    }

    @Test func knownTagsAreFoundInAnyOrder() throws {
        let endpoint = fromHex("02 00000001 02 68 00002384 00 00")
        let tags = fromHex("02 09 01 aa 00 0d") + endpoint
        let response = try parse(FetchResponse.self, 16, fetchResponse + tags)
        #expect(response.nodeEndpoints.map(\.host) == ["h"])
        #expect(response.unknownTaggedFields == [TaggedField(tag: 9, content: [0xaa])])
    }

    @Test func tagThatLiesAboutItsSizeIsRefused() {
        let tags = fromHex("01 00 0c 02 00000001 02 68 00002384 00 00")
        #expect(throws: WireError(.wrongTagSize(tag: 0), at: fetchResponse.count + 16)) {
            try parse(FetchResponse.self, 16, fetchResponse + tags)
        }
    }

    @Test func sameTagTwiceIsRefused() {
        #expect(throws: WireError(.duplicateTag(7), at: 9)) {
            try parse(ApiVersionsRequest.self, 3, fromHex("01 01 02 07 01 aa 07 01 bb"))
        }
        #expect(throws: WireError(.duplicateTag(200), at: 11)) {
            try parse(ApiVersionsRequest.self, 3, fromHex("01 01 02 c801 01 aa c801 01 bb"))
        }
    }

    @Test func moreTagsThanAnySchemaHasAreRefused() throws {
        #expect(throws: WireError(.tooLarge(128, limit: 127), at: 4)) {
            try parse(ApiVersionsRequest.self, 3, fromHex("01 01 8001") + [UInt8](repeating: 0, count: 1000))
        }
        var request = ApiVersionsRequest()
        request.unknownTaggedFields = (0..<128).map { TaggedField(tag: $0, content: []) }
        #expect(throws: WireError(.tooLarge(128, limit: 127), at: 3)) { try write(request, 3) }
    }

    @Test func defaultsAreLeftOut() throws {
        var response = ApiVersionsResponse()
        #expect(try write(response, 4) == fromHex("0000 01 00000000 00"))
        response.finalizedFeaturesEpoch = 3
        response.zkMigrationReady = true
        #expect(try write(response, 4) == fromHex("0000 01 00000000 02 01 08 0000000000000003 03 01 01"))
    }

    @Test func contentLongerThanAByteCanSayIsWritten() throws {
        var response = FetchResponse()
        var endpoint = NodeEndpoint()
        endpoint.host = String(repeating: "h", count: 300)
        response.nodeEndpoints = [endpoint]
        #expect(try parse(FetchResponse.self, 17, try write(response, 17)) == response)
    }
}
