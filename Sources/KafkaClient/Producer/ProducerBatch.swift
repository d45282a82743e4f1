import Bytes
import KafkaCompression
import KafkaProtocol

/// A batch of records of one partition, from the first record to the last word on it.
final class ProducerBatch: QueuedBatch {
    /// The partition's place in the producer's list.
    let partition: Int
    /// Counts the producer's batches, oldest first.
    let serial: UInt64
    let ordinal: UInt64
    let createdNs: UInt64
    let deadlineNs: UInt64
    private(set) var recordCount = 0
    /// Whether its records were in a batch that was refused as too large.
    var isOfSplit = false
    private(set) var buffer: ByteBuffer
    private(set) var range = 0..<0
    /// What it takes of `buffer.memory`.
    private(set) var heldByteCount: Int
    @safe @exclusivity(unchecked) private var builder: RecordBatchBuilder?
    private let recordByteCountMax: Int
    /// What it took before it was compressed; known once it is sealed or finished.
    private(set) var plainByteCount = 0
    /// From how many times the room it needs on a compressed batch is moved, as a copy of it is the
    /// lesser cost then.
    private static let looseness = 4
    private var isFinished = false
    var attempts = 0
    var sequence: Int32?
    var identity = ProducerIdentity.none
    var isUncertain = false
    var isReported = false

    init(
        partition: Int, serial: UInt64, ordinal: UInt64, createdNs: UInt64, deadlineNs: UInt64, buffer: ByteBuffer,
        recordByteCountMax: Int
    ) {
        self.partition = partition
        self.serial = serial
        self.ordinal = ordinal
        self.createdNs = createdNs
        self.deadlineNs = deadlineNs
        self.buffer = buffer
        self.recordByteCountMax = recordByteCountMax
        heldByteCount = buffer.capacity
        builder = RecordBatchBuilder(buffer: buffer)
    }

    var sequenceCount: Int32 { Int32(clamping: recordCount) }

    var byteCount: Int { builder?.byteCount ?? range.count }

    /// Appends up to `count` records, whose values are the slots of `values` from `firstValue` on,
    /// round and round; says how many had room.
    func append(
        values: RawSpan, valueByteCount: Int, firstValue: Int, count: Int, timestampMs: Int64
    ) -> Int {
        var added = 0
        builder?.appendMany(byteCountMax: recordByteCountMax) { appender in
            added = appender.append(
                slotsOf: values, valueByteCount: valueByteCount, firstSlot: firstValue, count: count,
                timestampMs: timestampMs)
        }
        recordCount += added
        return added
    }

    /// Appends a record; false when it does not fit.
    func append(key: RawSpan?, value: RawSpan?, headers: [RecordHeader], timestampMs: Int64) -> Bool {
        let most = RecordEncoding.recordByteCountMax(
            keyByteCount: key?.byteCount, valueByteCount: value?.byteCount, headers: headers)
        guard var builder, builder.byteCount + most <= recordByteCountMax else { return false }
        self.builder = nil
        builder.append(key: key, value: value, headers: headers, timestampMs: timestampMs)
        self.builder = builder
        recordCount += 1
        return true
    }

    /// Ends filling, and compresses. The room that compression frees is given back.
    func seal(_ compressor: Compressor?, _ pool: BufferPool) throws(CompressionError) {
        guard let builder else { return }
        plainByteCount = builder.byteCount
        guard let compressor else { return }
        // As much as it may need, so that buffers go round: one that grew would be kept as another
        // class, and missed in its own.
        let output = pool.take(RecordBatchHeader.byteCount + compressor.roomByteCount(for: builder.byteCount))
        range = try builder.finish(compressionId: compressor.type.rawValue, into: output) {
            (records, output) throws(CompressionError) in
            try compressor.compress(records, into: output)
        }
        pool.give(buffer)
        buffer = fitted(output, pool)
        heldByteCount = buffer.capacity
        isFinished = true
        self.builder = nil
    }

    /// What is kept until the batch is stored: codecs want room for data that do not shrink, so
    /// that it could hold several times what it needs, and more than it took of `buffer.memory`
    /// while it was filled.
    private func fitted(_ output: ByteBuffer, _ pool: BufferPool) -> ByteBuffer {
        let room = BufferPool.room(for: range.count)
        let holdsMore = output.capacity > heldByteCount && room < output.capacity
        guard holdsMore || output.capacity >= Self.looseness * room else { return output }
        let fitting = pool.take(range.count)
        fitting.append(output.bytes.extracting(range))
        range = 0..<range.count
        pool.give(output)
        return fitting
    }

    /// Writes the header, or what has changed of it since the batch was sent last.
    func finish() {
        if let builder {
            var fields = RecordBatchFields()
            if let sequence {
                fields = RecordBatchFields(
                    producerId: identity.id, producerEpoch: identity.epoch, baseSequence: sequence)
            }
            range = builder.finish(fields)
            self.builder = nil
            isFinished = true
        } else if let sequence {
            RecordBatchPatch.setProducer(
                id: identity.id, epoch: identity.epoch, baseSequence: sequence, in: buffer, at: range.lowerBound,
                byteCount: range.count)
        }
    }

    /// Gives up the bytes, when they are not sent any more.
    func takeBuffer() -> ByteBuffer {
        builder = nil
        return buffer
    }
}
