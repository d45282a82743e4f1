import KafkaProtocol
import Testing

@Suite struct WireReaderTests {
    @Test func varintOfThirtyFiveBitsIsRefused() {
        let bytes: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x7f]
        #expect(throws: WireError(.varintOverflow, at: 4)) {
            var reader = WireReader(bytes.span.bytes)
            _ = try reader.readUnsignedVarint()
        }
    }

    @Test func lengthBelowMinusOneIsRefused() {
        let bytes: [UInt8] = [3]
        #expect(throws: WireError(.negativeLength(-2), at: 1)) {
            var reader = WireReader(bytes.span.bytes)
            _ = try reader.takeVarintPrefixed()
        }
    }

    @Test func readsTheExtremes() throws {
        let bytes: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]
        var reader = WireReader(bytes.span.bytes)
        let short = try reader.readVarint()
        let long = try reader.readVarlong()
        #expect(short == .min)
        #expect(long == .min)
        #expect(reader.remaining == 0)
    }
}
