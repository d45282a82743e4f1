import KafkaProtocol
import Testing

@Suite struct HeaderTests {
    @Test func flexibleHeaderKeepsTagsAndTheOldLengthOfTheName() throws {
        let frame = fromHex("0003 000c 00000007 0002 6d65 01 05 01 aa  ff")
        var reader = WireReader(frame.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        let remaining = reader.remaining
        #expect(header.apiKey == .metadata)
        #expect(header.apiVersion == 12)
        #expect(header.correlationId == 7)
        #expect(header.clientId == "me")
        #expect(header.unknownTaggedFields == [TaggedField(tag: 5, content: [0xaa])])
        #expect(remaining == 1)
    }

    @Test func headerOfAVersionFromTheFutureIsRead() throws {
        let frame = fromHex("0012 0063 00000007 ffff 00")
        var reader = WireReader(frame.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        let remaining = reader.remaining
        #expect(header.apiVersion == 99)
        #expect(header.clientId == nil)
        #expect(remaining == 0)
    }

    @Test func headerOfAnUnknownApiIsReadUpToTheName() throws {
        let frame = fromHex("0bb8 0001 00000007 0001 61 0011")
        var reader = WireReader(frame.span.bytes)
        let header = try RequestHeader(parsing: &reader)
        let remaining = reader.remaining
        #expect(header.apiKey.name == "ApiKey(3000)")
        #expect(header.clientId == "a")
        #expect(remaining == 2)
    }

    @Test func shortHeaderIsRefused() {
        let frame = fromHex("0012 0003 0000")
        #expect(throws: WireError(.truncated(needed: 4, available: 2), at: 4)) {
            var reader = WireReader(frame.span.bytes)
            _ = try RequestHeader(parsing: &reader)
        }
    }
}
