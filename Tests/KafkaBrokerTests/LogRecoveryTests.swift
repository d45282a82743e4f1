import Bytes
import Glibc
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct LogRecoveryTests {
    private func cut(_ path: String, to byteCount: Int) throws {
        try DataFile(path: path, create: false).truncate(to: byteCount)
    }

    private func damage(_ path: String, at position: Int) throws {
        var bytes = try content(of: path)
        bytes[position] ^= 0x40
        let file = try DataFile(path: path, create: false)
        try file.append(ByteBuffer(bytes), 0..<bytes.count, at: 0)
    }

    /// Nothing is closed before the second start: that is kill -9, as the files have what was
    /// written.
    @Test func findsEverythingAfterKill() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 5000)
            for index in 0..<300 { try driver.append("v\(index)") }
            let again = try LogDriver(folder, segmentByteCount: 5000)
            #expect(again.log.nextOffset == 300)
            #expect(again.lines.all.isEmpty)
            #expect(try again.all(from: 0) == numbered(0..<300))
            #expect(again.log.segments.map(\.summary) == driver.log.segments.map(\.summary))
            for (old, new) in zip(driver.log.segments, again.log.segments) { #expect(try old.index() == new.index()) }
            try again.append("v300")
            #expect(try again.all(from: 0, 700) == numbered(0..<301))
        }
    }

    /// Blocks ahead are asked for from 1 MiB on, and neither a stop nor a kill leaves them.
    @Test func givesBackTheBlocksThatItTookAhead() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            let megabyte = String(repeating: "x", count: 1 << 20)
            for _ in 0..<3 { try driver.append(megabyte) }
            #expect(try blockBytes(driver.logPath) > driver.log.byteCount + 500_000)
            let again = try LogDriver(folder)
            #expect(again.log.nextOffset == 3)
            #expect(try blockBytes(driver.logPath) < driver.log.byteCount + 100_000)
            try again.append(megabyte)
            #expect(try blockBytes(driver.logPath) > again.log.byteCount + 500_000)
            try again.log.checkpoint()
            #expect(try blockBytes(driver.logPath) < again.log.byteCount + 100_000)
            #expect(try again.all(from: 0).count == 4)
        }
    }

    private func blockBytes(_ path: String) throws -> Int {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return Int(status.st_blocks) * 512
    }

    @Test func trustsACleanStop() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            for index in 0..<50 { try driver.append("v\(index)") }
            try driver.log.checkpoint()
            driver.log.close()
            // Damage that a scan would find shows that there is none.
            try damage(driver.logPath, at: 70)
            let again = try LogDriver(folder)
            #expect(again.log.nextOffset == 50)
            // And what comes after the checkpoint is scanned from there on.
            try again.append("v50")
            #expect(try LogDriver(folder).log.nextOffset == 51)
        }
    }

    @Test func dropsATornTailWhereverItIsCut() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            try driver.append("v0")
            try driver.append("v1")
            let kept = driver.log.byteCount
            try driver.append("v2")
            let whole = driver.log.byteCount
            for cutAt in (kept..<whole).reversed() {
                try cut(driver.logPath, to: cutAt)
                let again = try LogDriver(folder)
                #expect(again.log.nextOffset == 2)
                #expect(again.lines.all.count == (cutAt == kept ? 0 : 1))
                #expect(try again.append("v2").baseOffset == 2)
                #expect(try again.all(from: 0) == numbered(0..<3))
            }
        }
    }

    @Test func dropsATailWithAWrongChecksum() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            for index in 0..<10 { try driver.append("v\(index)") }
            let lastStart = driver.log.byteCount - (try TestBatch(values: ["v9"]).bytes.count)
            try damage(driver.logPath, at: lastStart + 65)
            let again = try LogDriver(folder)
            #expect(again.log.nextOffset == 9)
            #expect(again.lines.all.first?.contains("byte \(lastStart)") == true)
            #expect(try DataFile(path: driver.logPath, create: false).byteCount() == lastStart)
        }
    }

    @Test func refusesDamageInEarlierSegments() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 2000)
            for index in 0..<100 { try driver.append("v\(index)") }
            let first = driver.log.segments[0].files
            try damage(first.log, at: 70)
            unlink(first.summary)
            let error = #expect(throws: StorageError.self) { try LogDriver(folder, segmentByteCount: 2000) }
            #expect(error?.path == first.log)
            unlink(first.log)
            // The log then begins later, which is no contradiction.
            #expect(try LogDriver(folder).log.logStartOffset == driver.log.segments[1].baseOffset)
            unlink(driver.log.segments[2].files.log)
            #expect(throws: StorageError.self) { try LogDriver(folder) }
        }
    }

    @Test func rebuildsALostOrDamagedIndex() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 9000)
            for index in 0..<300 { try driver.append("v\(index)") }
            try driver.log.checkpoint()
            let files = driver.log.segments.map(\.files)
            try damage(files[0].index, at: 3)
            unlink(files[1].timeIndex)
            unlink(files[2].summary)
            let again = try LogDriver(folder, segmentByteCount: 9000)
            #expect(try again.all(from: 0, 1000) == numbered(0..<300))
            for (old, new) in zip(driver.log.segments, again.log.segments) { #expect(try old.index() == new.index()) }
        }
    }

    @Test(arguments: [false, true])
    func knowsProducersAgain(isCleanStop: Bool) throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 500)
            for sequence in 0..<40 {
                try driver.append(
                    TestBatch(values: ["v\(sequence)"], producerId: 5, epoch: 2, sequence: Int32(sequence)))
            }
            if isCleanStop { try driver.log.checkpoint() }
            let again = try LogDriver(folder, segmentByteCount: 500)
            for sequence in 35..<40 {
                let batch = TestBatch(values: ["v\(sequence)"], producerId: 5, epoch: 2, sequence: Int32(sequence))
                #expect(try again.append(batch).baseOffset == Int64(sequence))
            }
            let gap = TestBatch(producerId: 5, epoch: 2, sequence: 41)
            #expect(try again.append(gap).errorCode == .outOfOrderSequenceNumber)
            let next = TestBatch(values: ["v40"], producerId: 5, epoch: 2, sequence: 40)
            #expect(try again.append(next).baseOffset == 40)
            #expect(try again.all(from: 0) == numbered(0..<41))
            let names = try Files.names(in: folder).filter { $0.hasSuffix(".snapshot") }
            #expect(names.count == 2)
        }
    }

    @Test func doesWithoutADamagedSnapshot() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder)
            try driver.append(TestBatch(producerId: 5, epoch: 2, sequence: 0))
            try driver.log.checkpoint()
            try damage("\(folder)/00000000000000000001.snapshot", at: 30)
            let again = try LogDriver(folder)
            #expect(again.log.producers.producers[5]?.batches.count == 1)
        }
    }

    @Test func sweepsUpAfterInterruptedWrites() throws {
        try withFolder { folder in
            let driver = try LogDriver(folder, segmentByteCount: 2000)
            for index in 0..<60 { try driver.append("v\(index)") }
            let first = driver.log.segments[0].files
            _ = try DataFile(path: folder + "/00000000000000000020.index.tmp", create: true)
            // A deletion that was interrupted after the log itself was gone.
            unlink(first.log)
            let again = try LogDriver(folder, segmentByteCount: 2000, logStartOffset: 30)
            let left = try Files.names(in: folder)
            #expect(!left.contains { $0.hasSuffix(".tmp") })
            #expect(!left.contains("00000000000000000000.index"))
            #expect(again.log.logStartOffset == 30)
            #expect(try again.all(from: 30) == numbered(30..<60))
        }
    }
}
