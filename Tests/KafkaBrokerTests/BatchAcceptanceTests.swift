import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct BatchAcceptanceTests {
    private let acceptance = BatchAcceptance(codecs: BatchCodecs(byteCountMax: 1 << 20))

    private func accept(
        _ bytes: [UInt8], version: Int16 = 9, byteCountMax: Int = 1 << 20
    ) throws(AppendRefusal) -> AcceptedBatch? {
        // In the middle of a frame, as they come.
        let frame = ByteBuffer([1, 2, 3] + bytes + [4, 5])
        return try acceptance.accept(
            frame, 3..<(3 + bytes.count), version: version, byteCountMax: byteCountMax)
    }

    private func refusal(_ bytes: [UInt8], version: Int16 = 9, byteCountMax: Int = 1 << 20) -> ErrorCode? {
        do throws(AppendRefusal) {
            _ = try accept(bytes, version: version, byteCountMax: byteCountMax)
            return nil
        } catch {
            return error.errorCode
        }
    }

    /// Changes bytes of a batch and makes its checksum right again.
    private func patched(_ batch: [UInt8], _ changes: (inout [UInt8]) -> Void) -> [UInt8] {
        var batch = batch
        changes(&batch)
        let crc = Checksum.crc32c(batch.span.bytes.extracting(21..<batch.count))
        withUnsafeBytes(of: crc.bigEndian) { batch.replaceSubrange(17..<21, with: $0) }
        return batch
    }

    @Test(arguments: CompressionType.allCases)
    func takesABatchOfEveryCodec(codec: CompressionType) throws {
        let batch = try #require(try accept(TestBatch(values: ["a", "b"], codec: codec).bytes))
        #expect(batch.header.recordCount == 2)
        #expect(batch.range.lowerBound == 3)
    }

    @Test func refusesEveryFlippedBit() throws {
        let good = try TestBatch(values: ["some", "value"]).bytes
        for index in good.indices {
            for bit in 0..<8 where !(index < 8 || (12..<16).contains(index)) {
                var bad = good
                bad[index] ^= 1 << bit
                #expect(refusal(bad) != nil, "bit \(bit) of byte \(index)")
            }
        }
        var bad = good
        bad[70] ^= 1
        #expect(refusal(bad) == .corruptMessage)
    }

    @Test func refusesEveryCut() throws {
        let good = try TestBatch(values: ["some", "value"]).bytes
        for count in 0..<good.count { #expect(refusal(Array(good[..<count])) != nil, "\(count)") }
        #expect(refusal([]) == .invalidRecord)
        #expect(refusal(Array(good.dropLast())) == .corruptMessage)
    }

    @Test func refusesTwoBatches() throws {
        let one = try TestBatch().bytes
        #expect(refusal(one + one) == .invalidRecord)
    }

    @Test func refusesCountsThatLie() throws {
        let batch = try TestBatch(values: ["a", "b", "c"]).bytes
        #expect(refusal(patched(batch) { $0[60] = 2 }) == .invalidRecord)
        #expect(refusal(patched(batch) { ($0[60], $0[26]) = (2, 1) }) == .invalidRecord)
        #expect(refusal(patched(batch) { ($0[60], $0[26]) = (4, 3) }) != nil)
        #expect(refusal(patched(batch) { ($0[60], $0[26]) = (0, 0) }) == .invalidRecord)
        #expect(refusal(patched(batch) { $0[57] = 0x7f }) == .invalidRecord)
        let compressed = try TestBatch(values: ["a", "b", "c"], codec: .lz4).bytes
        #expect(refusal(patched(compressed) { $0[60] = 2 }) == .invalidRecord)
    }

    @Test func refusesWhatIsNotAProducersBusiness() throws {
        let batch = try TestBatch().bytes
        #expect(refusal(patched(batch) { $0[22] |= 0x20 }) == .invalidRecord)
        #expect(refusal(patched(batch) { $0[22] |= 0x10 }) == .invalidTxnState)
        #expect(refusal(patched(batch) { $0[22] |= 0x08 }) == .invalidTimestamp)
        #expect(refusal(patched(batch) { $0[22] |= 0x07 }) == .unsupportedCompressionType)
        #expect(refusal(try TestBatch(producerId: 5, epoch: 0, sequence: -1).bytes) == .invalidRecord)
    }

    @Test func takesZstdFromVersionSeven() throws {
        let batch = try TestBatch(codec: .zstd).bytes
        #expect(refusal(batch, version: 6) == .unsupportedCompressionType)
        #expect(refusal(batch, version: 7) == nil)
    }

    @Test func refusesWhatIsTooLarge() throws {
        let batch = try TestBatch().bytes
        #expect(refusal(batch, byteCountMax: batch.count - 1) == .messageTooLarge)
        #expect(refusal(batch, byteCountMax: batch.count) == nil)
        let set = oldSet(magic: 1, ["value"])
        #expect(refusal(set, version: 2, byteCountMax: 20) == .messageTooLarge)
    }

    private func oldSet(magic: Int8, _ values: [String]) -> [UInt8] {
        let buffer = ByteBuffer(capacity: 0)
        for value in values {
            MessageSetWriter.append(
                magic: magic, offset: 0, timestampMs: 77, timestampType: .createTime, key: nil,
                value: Array(value.utf8).span.bytes, to: buffer)
        }
        return buffer.array
    }

    @Test(arguments: [Int8(0), 1])
    func makesOneBatchOfAnOldSet(magic: Int8) throws {
        let batch = try #require(try accept(oldSet(magic: magic, ["a", "b", "c"]), version: 1))
        #expect(batch.header.recordCount == 3)
        #expect(batch.header.maxTimestamp == (magic == 0 ? -1 : 77))
        let made = Array(batch.buffer.array[batch.range])
        #expect(try records(made).map(\.value) == ["a", "b", "c"])
    }

    @Test func refusesAnOldSetFromNewClients() throws {
        #expect(refusal(oldSet(magic: 1, ["a"]), version: 3) == .invalidRecord)
        #expect(refusal(Array(oldSet(magic: 1, ["a"]).dropLast()), version: 2) == .corruptMessage)
        #expect(try accept([], version: 2) == nil)
    }
}
