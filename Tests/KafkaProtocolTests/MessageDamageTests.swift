import Bytes
import KafkaProtocol
import System
import Testing

@Suite struct MessageDamageTests {
    @Test(arguments: Api.all.map(\.key))
    func truncatedFramesAreRefused(apiKey: ApiKey) {
        for fixture in FrameFixture.all where fixture.apiKey == apiKey {
            let count = fixture.bytes.count
            // Bytes behind the last field do not matter, so their loss does not either.
            let end = count - ((try? MessageKind.roundTrip(fixture).leftOver) ?? 0)
            for cut in stride(from: 0, to: end, by: max(1, end / 24)) + [end - 1] {
                #expect(throws: WireError.self, "\(fixture) cut to \(cut)") {
                    try MessageKind.roundTrip(fixture.with(bytes: Array(fixture.bytes[..<cut])))
                }
            }
        }
    }

    @Test(arguments: Api.all.map(\.key))
    func flippedBytesGiveAMessageOrATypedError(apiKey: ApiKey) {
        var random = SplitMix64(seed: UInt64(apiKey.rawValue))
        var refused = 0
        for fixture in FrameFixture.all where fixture.apiKey == apiKey && fixture.bytes.count > 8 {
            for _ in 0..<8 {
                var bytes = fixture.bytes
                // Key and version stay, else it is another frame.
                let at = Int(random.next() % UInt64(bytes.count - 8)) + 8
                bytes[at] = UInt8(truncatingIfNeeded: random.next())
                do {
                    _ = try MessageKind.roundTrip(fixture.with(bytes: bytes))
                } catch {
                    refused += 1
                    #expect(error is WireError, "\(fixture)")
                }
            }
        }
        #expect(refused > 0)
    }

    @Test func hugeCountsAreRefusedBeforeMemoryIsTaken() {
        let count = Int(Int32.max)
        #expect(throws: WireError(.truncated(needed: count, available: 0), at: 4)) {
            try parse(MetadataRequest.self, 4, fromHex("7fffffff"))
        }
        #expect(throws: WireError(.truncated(needed: 0xffff_fffe, available: 2), at: 5)) {
            try parse(MetadataRequest.self, 9, fromHex("ffffffff0f 0000"))
        }
        #expect(throws: WireError(.truncated(needed: count * 4, available: 0), at: 17)) {
            try parse(OffsetFetchRequest.self, 0, fromHex("0001 67 00000001 0004 74657374 7fffffff"))
        }
        #expect(throws: WireError(.truncated(needed: count, available: 0), at: 4)) {
            try parse(DeleteTopicsRequest.self, 0, fromHex("7fffffff"))
        }
    }

    @Test func moreElementsThanAnyClusterHasAreRefused() {
        // Each name of a topic takes one byte here and sixteen in memory.
        let body = fromHex("81897a") + [UInt8](repeating: 1, count: 2_000_000)
        #expect(throws: WireError(.tooLarge(2_000_000, limit: 1_000_000), at: 3)) {
            try parse(DeleteTopicsRequest.self, 4, body)
        }
    }

    @Test func lengthsBelowMinusOneAreRefused() {
        #expect(throws: WireError(.negativeLength(-2), at: 0)) {
            try parse(MetadataRequest.self, 1, fromHex("fffffffe"))
        }
        #expect(throws: WireError(.negativeLength(-32768), at: 0)) {
            try parse(FindCoordinatorRequest.self, 0, fromHex("8000"))
        }
        let records = fromHex("0001 00007530 00000001 0001 74 00000001 00000000 80000000")
        #expect(throws: WireError(.negativeLength(Int(Int32.min)), at: 21)) {
            try parse(ProduceRequest.self, 0, records)
        }
    }

    @Test func nullWhereNoneMayBeIsRefused() {
        #expect(throws: WireError(.unexpectedNull, at: 2)) {
            try parse(FindCoordinatorRequest.self, 0, fromHex("ffff"))
        }
        #expect(throws: WireError(.unexpectedNull, at: 4)) {
            try parse(MetadataRequest.self, 0, fromHex("ffffffff"))
        }
        #expect(throws: WireError(.unexpectedNull, at: 4)) {
            try parse(DeleteTopicsRequest.self, 0, fromHex("ffffffff"))
        }
        #expect(throws: WireError(.unexpectedNull, at: 7)) {
            try parse(OffsetFetchRequest.self, 1, fromHex("0001 67 ffffffff"))
        }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: WireError(.invalidUTF8, at: 2)) {
            try parse(FindCoordinatorRequest.self, 0, fromHex("0002 c328"))
        }
        #expect(throws: WireError(.invalidUTF8, at: 1)) {
            try parse(ApiVersionsRequest.self, 3, fromHex("04 eda080 01 00"))
        }
    }

    @Test(arguments: MessageKind.requests.indices)
    func unknownVersionsAreRefused(index: Int) {
        func check<Request: KafkaRequest>(_ type: Request.Type) {
            for version in [-1, Request.versions.upperBound + 1, .max] {
                let code = WireError.Code.unsupportedVersion(apiKey: Request.apiKey.rawValue, version: version)
                #expect(throws: WireError(code, at: 0)) { try parse(Request.self, version, []) }
                #expect(throws: WireError(code, at: 0)) { try parse(Request.Response.self, version, []) }
                #expect(throws: WireError(code, at: 0)) { try write(Request(), version) }
                #expect(throws: WireError(code, at: 0)) { try write(Request.Response(), version) }
            }
        }
        check(MessageKind.requests[index])
    }
}

extension FrameFixture {
    func with(bytes: [UInt8]) -> FrameFixture {
        FrameFixture(
            file: file, number: number, apiKey: apiKey, version: version, isRequest: isRequest, client: client,
            broker: broker, bytes: bytes)
    }
}
