import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct ProducerBatchTests {
    /// A batch with room for 256 KiB of records, filled with values that are alike but for what
    /// `vary` does to them, and sealed.
    private func sealed(_ type: CompressionType, _ pool: BufferPool, vary: (inout [UInt8]) -> Void) throws
        -> ProducerBatch
    {
        let batch = ProducerBatch(
            partition: 0, serial: 1, ordinal: 0, createdNs: 0, deadlineNs: .max, buffer: pool.take(256 << 10),
            recordByteCountMax: 256 << 10)
        var value = [UInt8](repeating: 7, count: 1000)
        repeat { vary(&value) } while batch.append(key: nil, value: value.span.bytes, headers: [], timestampMs: 1)
        try batch.seal(try Compressor(type: type), pool)
        batch.finish()
        return batch
    }

    @Test(arguments: CompressionType.allCases.filter { $0 != .none })
    func whatShrinksMuchHoldsLittle(type: CompressionType) throws {
        let batch = try sealed(type, BufferPool(keptByteCountMax: 1 << 20)) { _ in }
        #expect(batch.byteCount < 30_000)
        #expect(batch.heldByteCount < 4 * BufferPool.room(for: batch.byteCount))
        batch.sequence = 5
        batch.finish()
        let buffer = batch.buffer
        let bytes = buffer.bytes
        let view = try RecordBatchView(bytes.extracting(batch.range))
        try view.verifyChecksum()
        #expect(view.header.baseSequence == 5 && Int(view.header.recordCount) == batch.recordCount)
        let records = ByteBuffer(capacity: 0)
        try Decompressor(byteCountMax: 1 << 20).decompress(view.recordsBytes, type: type, into: records, magic: 2)
        #expect(records.count > 255_000)
    }

    @Test(arguments: CompressionType.allCases.filter { $0 != .none })
    func whatShrinksLittleHoldsNoMoreThanBefore(type: CompressionType) throws {
        var random = SystemRandomNumberGenerator()
        let batch = try sealed(type, BufferPool(keptByteCountMax: 1 << 20)) { value in
            for at in 0..<900 { value[at] = UInt8.random(in: 0...255, using: &random) }
        }
        #expect(batch.byteCount > 230_000)
        #expect(batch.heldByteCount <= 256 << 10)
    }
}
