import Bytes
import Glibc
import KafkaCompression
import KafkaProtocol
import System
import Testing

@testable import KafkaBroker

/// A partition's log in a folder, driven as the broker does.
struct LogDriver {
    let folder: String
    var log: PartitionLog
    let lines = Lines()

    init(_ folder: String, segmentByteCount: Int = 1 << 30, logStartOffset: Int64 = 0) throws {
        self.folder = folder
        let recovery = LogRecovery(
            directory: folder, limits: .init(segmentByteCount: segmentByteCount),
            openSegments: OpenSegments(countMax: 8), log: lines.add)
        log = try recovery.run(logStartOffset: logStartOffset, nowMs: WallClock.nowMs())
    }

    @discardableResult
    func append(_ batch: TestBatch, _ timestampType: TimestampType = .createTime) throws -> AppendOutcome {
        let buffer = ByteBuffer(try batch.bytes)
        let header = try RecordBatchHeader(parsing: buffer.bytes)
        let accepted = AcceptedBatch(buffer: buffer, range: 0..<buffer.count, header: header)
        return try log.append(accepted, timestampType, nowMs: 5000)
    }

    @discardableResult
    func append(_ values: String...) throws -> AppendOutcome { try append(TestBatch(values: values)) }

    func slice(from offset: Int64, _ byteCountMax: Int = .max / 2, isFirstWhole: Bool = true) throws -> [UInt8]? {
        guard let slice = try log.slice(from: offset, byteCountMax: byteCountMax, isFirstWhole: isFirstWhole) else {
            return nil
        }
        let buffer = ByteBuffer(capacity: 0)
        try slice.file.read(slice.byteCount, at: slice.position, into: buffer)
        #expect(buffer.count == slice.byteCount)
        return buffer.array
    }

    /// Everything from an offset on, over as many reads as it takes.
    func all(from start: Int64, _ byteCountMax: Int = .max / 2) throws -> [ReadRecord] {
        var found: [ReadRecord] = []
        var next = start
        while let batches = try slice(from: next, byteCountMax) {
            let more = try records(batches)
            found += more.filter { $0.offset >= next }
            next = try #require(more.last).offset + 1
        }
        return found
    }

    var logPath: String { log.segments.last!.files.log }
}

/// The records that numbered values make from offset 0 on.
func numbered(_ range: Range<Int>) -> [ReadRecord] { range.map { ReadRecord(offset: Int64($0), value: "v\($0)") } }

@Suite struct PartitionLogTests {
    @Test func givesOffsetsAndReadsBack() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            #expect(try driver.append("a", "b").baseOffset == 0)
            #expect(try driver.append("c").baseOffset == 2)
            #expect(driver.log.nextOffset == 3)
            #expect(try driver.all(from: 0).map(\.value) == ["a", "b", "c"])
            #expect(try driver.all(from: 1).map(\.value) == ["b", "c"])
            #expect(try driver.slice(from: 3) == nil)
        }
    }

    @Test(arguments: [1, 200, 300, 4096, 5000, 100_000])
    func readsEverythingAtAnyPace(byteCountMax: Int) throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 20_000)
            for index in 0..<700 { try driver.append("v\(index)") }
            #expect(driver.log.segments.count > 2)
            for start in [0, 1, 333, 698, 699, 700] {
                let found = try driver.all(from: Int64(start), byteCountMax)
                #expect(found == numbered(start..<700))
            }
        }
    }

    @Test func neverGivesMoreThanAskedButTheFirst() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            for index in 0..<300 { try driver.append("v\(index)") }
            let first = try TestBatch(values: ["v0"]).bytes.count
            #expect(try driver.slice(from: 0, first - 1, isFirstWhole: false) == nil)
            #expect(try driver.slice(from: 0, first - 1)?.count == first)
            for byteCountMax in stride(from: first, to: 20_000, by: 777) {
                let slice = try #require(try driver.slice(from: 3, byteCountMax, isFirstWhole: false))
                #expect(slice.count <= byteCountMax)
                #expect(try records(slice).first == ReadRecord(offset: 3, value: "v3"))
            }
        }
    }

    @Test func patchesOffsetAndEpochOnly() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            try driver.append("a")
            try driver.append("b")
            var expected = try TestBatch(values: ["b"]).bytes
            expected.replaceSubrange(0..<16, with: [0, 0, 0, 0, 0, 0, 0, 1] + expected[8..<12] + [0, 0, 0, 0])
            #expect(try driver.slice(from: 1) == expected)
        }
    }

    @Test func setsLogAppendTime() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            let outcome = try driver.append(TestBatch(timestamps: [1]), .logAppendTime)
            #expect(outcome.logAppendTimeMs == 5000)
            let slice = try #require(try driver.slice(from: 0))
            let header = try RecordBatchHeader(parsing: slice.span.bytes)
            #expect(header.attributes.timestampType == .logAppendTime && header.maxTimestamp == 5000)
            #expect(try records(slice).count == 1)
        }
    }

    @Test func answersDuplicatesAndRefusesGaps() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            let first = TestBatch(values: ["a", "b"], producerId: 9, epoch: 0, sequence: 0)
            #expect(try driver.append(first).baseOffset == 0)
            try driver.append("other")
            let again = try driver.append(first)
            #expect(again.baseOffset == 0 && again.errorCode == .none && again.appendedByteCount == 0)
            let gap = TestBatch(producerId: 9, epoch: 0, sequence: 3)
            #expect(try driver.append(gap).errorCode == .outOfOrderSequenceNumber)
            #expect(try driver.append(TestBatch(producerId: 9, epoch: 1, sequence: 0)).baseOffset == 3)
            let late = TestBatch(producerId: 9, epoch: 0, sequence: 2)
            #expect(try driver.append(late).errorCode == .invalidProducerEpoch)
            #expect(driver.log.nextOffset == 4)
        }
    }

    @Test func staysWholeWhenTheDiskIsFull() throws {
        try withFolder { folder in
            var driver = try LogDriver(folder)
            symlink("/dev/full", "\(folder)/00000000000000000000.log")
            #expect(throws: StorageError.self) { try driver.append("lost") }
            #expect(driver.log.nextOffset == 0)
            #expect(try driver.slice(from: 0) == nil)
            driver.log.close()
            unlink("\(folder)/00000000000000000000.log")
            driver = try LogDriver(folder)
            try driver.append("kept")
            #expect(try driver.all(from: 0) == [ReadRecord(offset: 0, value: "kept")])
        }
    }

    @Test func removesSegmentsBeforeTheStart() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 2000)
            for index in 0..<100 { try driver.append("v\(index)") }
            let bases = driver.log.segments.map(\.baseOffset)
            try driver.log.advanceStart(to: bases[2] + 1)
            #expect(driver.log.segments.map(\.baseOffset) == Array(bases[2...]))
            #expect(driver.log.logStartOffset == bases[2] + 1)
            #expect(try Files.names(in: folder).filter { $0.hasSuffix(".log") }.count == bases.count - 2)
            try driver.log.advanceStart(to: 3)
            #expect(driver.log.logStartOffset == bases[2] + 1)
        }
    }

    @Test func freesEverythingAndGoesOn() throws {
        try withFolder { folder in
            var driver = try LogDriver(folder)
            let batch = TestBatch(values: ["a", "b"], producerId: 9, epoch: 0, sequence: 0)
            try driver.append(batch)
            let held = try #require(try driver.log.slice(from: 0, byteCountMax: 10_000, isFirstWhole: true))
            try driver.log.advanceStart(to: 2)
            #expect(try Files.names(in: folder).filter { $0.hasSuffix(".log") }.isEmpty)
            // A response under way still has its bytes.
            let buffer = ByteBuffer(capacity: 0)
            try held.file.read(held.byteCount, at: held.position, into: buffer)
            #expect(try records(buffer.array).count == 2)
            #expect(try driver.append(batch).baseOffset == 0)
            #expect(try driver.append("c").baseOffset == 2)
            // After a restart the producer is still known, though none of its records is left.
            try driver.log.advanceStart(to: 3)
            driver.log.close()
            driver = try LogDriver(folder, logStartOffset: 3)
            #expect(driver.log.nextOffset == 3)
            #expect(try driver.append(batch).baseOffset == 0)
            #expect(try driver.append("d").baseOffset == 3)
        }
    }

    @Test func boundsOpenSegments() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 1024)
            for index in 0..<400 { try driver.append("v\(index)") }
            #expect(driver.log.segments.count > 20)
            for offset in stride(from: Int64(0), to: 400, by: 7) { _ = try driver.slice(from: offset) }
            #expect(driver.log.openSegments.count <= 8)
            #expect(try driver.all(from: 0) == numbered(0..<400))
        }
    }
}
