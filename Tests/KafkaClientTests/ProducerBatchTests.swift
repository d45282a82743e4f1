import Bytes
import KafkaCompression
import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct ProducerBatchTests {
    /// A batch with room for 256 KiB of records, filled with values that are alike but for what `vary` does to them, and sealed.
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
        let buffer = batch.buffer
        let recordCount = try RecordBatchHeader(parsing: buffer.bytes.extracting(batch.range)).recordCount
        #expect(Int(recordCount) == batch.recordCount)
    }

    @Test(arguments: CompressionType.allCases.filter { $0 != .none })
    func whatDoesNotShrinkKeepsItsRoom(type: CompressionType) throws {
        var random = SystemRandomNumberGenerator()
        let pool = BufferPool(keptByteCountMax: 1 << 20)
        let batch = try sealed(type, pool) { value in
            for at in value.indices { value[at] = UInt8.random(in: 0...255, using: &random) }
        }
        #expect(batch.byteCount > 256_000)
        // Of a class of its own it would not be found again.
        #expect(batch.heldByteCount == BufferPool.room(for: batch.heldByteCount))
    }
}
