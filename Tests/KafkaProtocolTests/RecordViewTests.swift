import KafkaProtocol
import Testing

@Suite struct RecordViewTests {
    /// Length 10: attributes, timestamp 0, offset 0, key "a", value "bcd", no headers.
    let record: [UInt8] = [20, 0, 0, 0, 2, 0x61, 6, 0x62, 0x63, 0x64, 0]
    /// Length 12: attributes, timestamp −1, offset 1, null, null, two headers: "k" with "v", ""
    /// with null.
    let headed: [UInt8] = [24, 0, 1, 2, 1, 1, 4, 2, 0x6b, 2, 0x76, 0, 1]

    @Test func readsFieldsAndHeaders() throws {
        let bytes = record + headed
        var reader = WireReader(bytes.span.bytes)
        let first = try RecordView(parsing: &reader)
        let texts = (first.key?.array, first.value?.array)
        #expect(texts.0 == [0x61])
        #expect(texts.1 == [0x62, 0x63, 0x64])
        let second = try RecordView(parsing: &reader)
        let isNull = (second.key == nil, second.value == nil)
        #expect(isNull == (true, true))
        #expect(second.timestampDelta == -1)
        #expect(second.offsetDelta == 1)
        #expect(second.headers.count == 2)
        #expect(try walk(bytes, skipping: 1) == [["k", "v"], ["", nil]])
    }

    private func walk(_ bytes: [UInt8], skipping: Int = 0) throws(WireError) -> [[String?]] {
        var reader = WireReader(bytes.span.bytes)
        for _ in 0..<skipping { _ = try RecordView(parsing: &reader) }
        var headers = try RecordView(parsing: &reader).headers
        var pairs: [[String?]] = []
        while let header = try headers.next() {
            pairs.append([header.key.array.text, header.value?.array.text])
        }
        return pairs
    }

    /// One byte changed, and what is then wrong.
    @Test(arguments: [
        // The record ends before, or after, its fields do.
        (0, UInt8(18), WireError(.invalidBatch("a record's fields run beyond its length"), at: 10)),
        (0, 22, WireError(.truncated(needed: 11, available: 10), at: 1)),
        (0, 1, WireError(.negativeLength(-1), at: 1)),
        (4, 3, WireError(.negativeLength(-2), at: 5)),
        (4, 0x7e, WireError(.truncated(needed: 63, available: 6), at: 5)),
        (6, 8, WireError(.invalidBatch("a record's fields run beyond its length"), at: 11)),
        (10, 1, WireError(.negativeLength(-1), at: 10)),
        (10, 2, WireError(.invalidBatch("1 headers in 0 bytes"), at: 10)),
    ])
    func fieldsThatLie(place: Int, byte: UInt8, error: WireError) {
        var lie = record
        lie[place] = byte
        #expect(throws: error) { try walk(lie) }
    }

    @Test(arguments: [
        (6, UInt8(2), WireError(.invalidBatch("2 bytes after a record's headers"), at: 5)),
        (6, 6, WireError(.truncated(needed: 1, available: 0), at: 7)),
        (6, 8, WireError(.invalidBatch("4 headers in 6 bytes"), at: 6)),
        (6, 0, WireError(.invalidBatch("0 headers in 6 bytes"), at: 6)),
        (7, 1, WireError(.unexpectedNull, at: 1)),
        (11, 4, WireError(.truncated(needed: 2, available: 1), at: 6)),
    ])
    func headersThatLie(place: Int, byte: UInt8, error: WireError) {
        var lie = headed
        lie[place] = byte
        #expect(throws: error) { try walk(lie) }
    }

    @Test func aCountOfHeadersBeyondTheBytesIsNotWalked() {
        // 2³¹ − 1 headers in a record of twelve bytes.
        let lie: [UInt8] = [24, 0, 0, 0, 1, 1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 0]
        #expect(throws: WireError(.invalidBatch("2147483647 headers in 2 bytes"), at: 6)) { try walk(lie) }
    }
}
