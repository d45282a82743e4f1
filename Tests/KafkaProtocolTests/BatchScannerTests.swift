import KafkaProtocol
import Testing

@Suite struct BatchScannerTests {
    struct Scan: Equatable {
        var places: [Int] = []
        var truncated = 0
        var needed: Int?
    }

    private func scan(_ bytes: [UInt8]) throws(WireError) -> Scan {
        var scan = Scan()
        var scanner = BatchScanner(bytes.span.bytes)
        while let entry = try scanner.next() { scan.places.append(entry.place) }
        scan.truncated = scanner.truncatedByteCount
        scan.needed = scanner.truncatedEntryByteCount
        return scan
    }

    @Test(arguments: ["two v2 batches", "v0 none twelve", "v1 none twelve"])
    func everyTruncationLeavesTheWholeOnes(name: String) throws {
        let bytes = try BatchFixture.named(name).bytes
        let whole = try scan(bytes)
        #expect(whole.truncated == 0)
        #expect(whole.needed == nil)
        #expect(whole.places.count == (name.hasPrefix("two") ? 2 : 12))
        let ends = whole.places.dropFirst() + [bytes.count]
        for count in 0..<bytes.count {
            let cut = try scan(Array(bytes.prefix(count)))
            let start = ends.last { $0 <= count } ?? 0
            #expect(cut.places == whole.places.filter { $0 < start })
            #expect(cut.truncated == count - start)
            let end = ends.first { $0 > count } ?? 0
            #expect(cut.needed == (count - start < 12 ? nil : end - start))
        }
    }

    @Test(arguments: [(Int8(3), 16), (-1, 16)])
    func otherFormatsAreRefused(magic: Int8, place: Int) throws {
        var bytes = try BatchFixture.named("v2 none one").bytes
        bytes[16] = UInt8(bitPattern: magic)
        #expect(throws: WireError(.invalidBatch("magic \(magic)"), at: place)) { try scan(bytes) }
    }

    @Test(arguments: [("v2 none one", Int32(48)), ("v1 none one", 21), ("v0 none one", 13), ("v2 none one", -1)])
    func lengthsBelowTheLeastAreRefused(name: String, length: Int32) throws {
        let good = try BatchFixture.named(name).bytes
        var bad = good
        bad.replaceSubrange(8..<12, with: RecordBatchValidationTests.bigEndian(length))
        let magic = name.dropFirst().prefix(1)
        #expect(throws: WireError(.invalidBatch("length \(length) for magic \(magic)"), at: good.count + 8)) {
            try scan(good + bad)
        }
    }

    @Test func aLengthBeyondTheBytesIsToldNotTaken() throws {
        var bytes = try BatchFixture.named("v2 none one").bytes
        bytes.replaceSubrange(8..<12, with: RecordBatchValidationTests.bigEndian(Int32.max))
        #expect(try scan(bytes) == Scan(places: [], truncated: bytes.count, needed: 12 + Int(Int32.max)))
    }
}
