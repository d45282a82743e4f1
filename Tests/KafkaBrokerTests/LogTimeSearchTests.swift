import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct LogTimeSearchTests {
    private func withLog(_ codec: CompressionType, _ body: (LogDriver, LogTimeSearch) throws -> Void) throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 6000)
            // Offsets 0–299, three a batch; timestamps 10 apart, but for one late record at offset
            // 100.
            for batch in 0..<100 {
                let times = (0..<3).map { Int64(batch * 3 + $0) * 10 }
                try driver.append(
                    TestBatch(
                        values: ["a", "b", "c"], timestamps: batch == 33 ? [990, 9999, 1010] : times, codec: codec))
            }
            #expect(driver.log.segments.count > 1)
            try body(driver, LogTimeSearch(driver.log, Decompressor(byteCountMax: 1 << 20)))
        }
    }

    @Test(arguments: CompressionType.allCases)
    func findsTheFirstOfATimeOrLater(codec: CompressionType) throws {
        try withLog(codec) { (_, search) throws in
            #expect(try search.firstRecord(atOrAfter: 0) == .init(offset: 0, timestamp: 0))
            #expect(try search.firstRecord(atOrAfter: 501) == .init(offset: 51, timestamp: 510))
            #expect(try search.firstRecord(atOrAfter: 991) == .init(offset: 100, timestamp: 9999))
            #expect(try search.firstRecord(atOrAfter: 1011) == .init(offset: 100, timestamp: 9999))
            #expect(try search.firstRecord(atOrAfter: 9999) == .init(offset: 100, timestamp: 9999))
            #expect(try search.firstRecord(atOrAfter: 10_000) == nil)
        }
    }

    @Test(arguments: CompressionType.allCases)
    func findsTheLatest(codec: CompressionType) throws {
        try withLog(codec) { (driver, search) throws in
            #expect(try search.latestRecord() == .init(offset: 100, timestamp: 9999))
            try driver.log.advanceStart(to: 101)
            #expect(try search.latestRecord() == .init(offset: 299, timestamp: 2990))
            #expect(try search.firstRecord(atOrAfter: 0) == .init(offset: 101, timestamp: 1010))
            try driver.log.advanceStart(to: 300)
            #expect(try search.latestRecord() == nil)
            #expect(try search.firstRecord(atOrAfter: 0) == nil)
        }
    }

    @Test func saysWhichBatchCannotBeRead() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            // Records that are not what the codec's number says.
            var batch = try TestBatch(values: ["abcdefgh"], codec: .none).bytes
            batch[22] = CompressionType.zstd.rawValue
            let buffer = ByteBuffer(batch)
            let header = try RecordBatchHeader(parsing: buffer.bytes)
            _ = try driver.log.append(
                AcceptedBatch(buffer: buffer, range: 0..<batch.count, header: header), .createTime, nowMs: 0)
            let search = LogTimeSearch(driver.log, Decompressor(byteCountMax: 1 << 20))
            let error = #expect(throws: StorageError.self) { try search.firstRecord(atOrAfter: 0) }
            #expect(error?.description.contains("offset 0") == true)
        }
    }
}
