import Bytes
import Glibc
import KafkaCompression
import KafkaProtocol
import Measurement

/// Measured in this process: single calls of Weir's, where a process boundary would be in the way.
enum InProcess {
    /// Recording latencies of many magnitudes into one histogram, in nanoseconds of this thread's
    /// processor time for each.
    static func recordLatency() -> [String: Double] {
        var histogram = HdrHistogram.latencies()
        var state: UInt64 = 88_172_645_463_325_252
        let values = (0..<65_536).map { _ -> UInt64 in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            // From under a microsecond to about a second, as latencies are.
            return state >> (34 + state % 20)
        }
        let rounds = 150
        for value in values { histogram.recordValue(value) }
        let begin = threadCPUNs()
        for _ in 0..<rounds { for value in values { histogram.recordValue(value) } }
        let spent = threadCPUNs() - begin
        precondition(histogram.totalCount == UInt64((rounds + 1) * values.count))
        return ["nsPerValue": Double(spent) / Double(rounds * values.count)]
    }

    /// Different batches in turn, as the floor has them, so that neither cache nor branch
    /// prediction knows them by heart.
    private static let batchCount = 64

    /// Compressing and decompressing the records of batches with contexts that are kept, in
    /// nanoseconds of processor time for each byte.
    static func codec(
        _ name: String, values: [UInt8], valueSize: Int, recordCount: Int, windowMs: Int
    ) throws(BenchmarkError) -> [String: Double] {
        guard let type = CompressionType(name: name) else { throw BenchmarkError("there is no codec '\(name)'") }
        let batches = (0..<batchCount).map { number in
            records(values, valueSize: valueSize, from: number * recordCount, count: recordCount)
        }
        do { return try codec(type, batches, windowMs: windowMs) } catch { throw BenchmarkError("\(name): \(error)") }
    }

    private static func codec(
        _ type: CompressionType, _ batches: [ByteBuffer], windowMs: Int
    ) throws(CompressionError) -> [String: Double] {
        let plainCount = batches[0].count - RecordBatchHeader.byteCount
        let compressor = try Compressor(type: type)
        let decompressor = Decompressor(byteCountMax: plainCount)
        let stored = batches.map { _ in ByteBuffer(capacity: plainCount * 2) }
        let compressed = ByteBuffer(capacity: plainCount * 2), plain = ByteBuffer(capacity: plainCount)
        for (batch, stored) in zip(batches, stored) {
            try compressor.compress(batch.bytes.extracting(RecordBatchHeader.byteCount...), into: stored)
        }
        let compressing = try nsPerByte(plainCount, windowMs: windowMs) { (batch) throws(CompressionError) in
            let records = batches[batch]
            compressed.removeAll()
            try compressor.compress(records.bytes.extracting(RecordBatchHeader.byteCount...), into: compressed)
        }
        let decompressing = try nsPerByte(plainCount, windowMs: windowMs) { (batch) throws(CompressionError) in
            let records = stored[batch]
            plain.removeAll()
            try decompressor.decompress(records.bytes, type: type, into: plain)
            precondition(plain.count == plainCount, "what was compressed comes back whole")
        }
        return [
            "compressNsPerByte": compressing, "decompressNsPerByte": decompressing, "batchBytes": Double(plainCount),
            "compressedBytes": Double(stored[0].count),
        ]
    }

    /// A batch as a producer writes it, before its codec.
    private static func records(_ values: [UInt8], valueSize: Int, from first: Int, count: Int) -> ByteBuffer {
        var builder = RecordBatchBuilder(buffer: ByteBuffer(capacity: count * (valueSize + 32)))
        let slots = values.count / valueSize
        for index in first..<(first + count) {
            let begin = index % slots * valueSize
            builder.append(
                key: nil, value: values.span.extracting(begin..<(begin + valueSize)).bytes,
                timestampMs: 1_750_000_000_000)
        }
        return builder.buffer
    }

    /// Calls with the numbers of batches in turn until the window's time has gone, after each of
    /// them once to warm up.
    private static func nsPerByte(
        _ byteCount: Int, windowMs: Int, _ call: (_ batch: Int) throws(CompressionError) -> Void
    ) throws(CompressionError) -> Double {
        for batch in 0..<batchCount { try call(batch) }
        var calls = 0
        let begin = threadCPUNs()
        while threadCPUNs() - begin < windowMs * 1_000_000 {
            for _ in 0..<10 {
                try call(calls % batchCount)
                calls += 1
            }
        }
        return Double(threadCPUNs() - begin) / Double(calls * byteCount)
    }

    private static func threadCPUNs() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
