public import Bytes

/// What a batch's header says beside what follows from its records.
public struct RecordBatchFields: Hashable, Sendable {
    /// The first record's offset; producers leave 0.
    public var baseOffset: Int64 = 0
    /// The leader's epoch; producers leave −1.
    public var partitionLeaderEpoch: Int32 = -1
    /// The producer's id, with idempotence.
    public var producerId: Int64 = -1
    /// The producer's epoch, with idempotence.
    public var producerEpoch: Int16 = -1
    /// The first record's sequence number, with idempotence.
    public var baseSequence: Int32 = -1
    /// Whether the batch belongs to a transaction.
    public var isTransactional = false
    /// Whether the batch is a control batch.
    public var isControl = false
    /// The broker's time in ms, which then stands for every record's own.
    public var logAppendTimeMs: Int64?

    /// The fields of a plain producer's batch.
    public init() {}

    /// The fields of an idempotent producer's batch.
    public init(producerId: Int64, producerEpoch: Int16, baseSequence: Int32, isTransactional: Bool = false) {
        self.producerId = producerId
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.isTransactional = isTransactional
    }

    /// Writes the header over the 61 bytes at `start`, for a batch that runs from there to the end
    /// of `buffer`.
    func write(over buffer: ByteBuffer, at start: Int, _ span: RecordSpan, compressionId: UInt8) {
        let byteCount = buffer.count - start
        precondition(byteCount - RecordBatchHeader.lengthEnd <= Int(Int32.max), "a batch's length is an Int32")
        let attributes = RecordBatchAttributes(
            compressionId: compressionId, timestampType: logAppendTimeMs == nil ? .createTime : .logAppendTime,
            isTransactional: isTransactional, isControl: isControl)
        buffer.overwrite(baseOffset, at: start)
        buffer.overwrite(Int32(byteCount - RecordBatchHeader.lengthEnd), at: start + 8)
        buffer.overwrite(partitionLeaderEpoch, at: start + 12)
        buffer.overwrite(Int8(2), at: start + 16)
        buffer.overwrite(attributes.rawValue, at: start + 21)
        buffer.overwrite(span.recordCount - 1, at: start + 23)
        buffer.overwrite(span.baseTimestampMs, at: start + 27)
        buffer.overwrite(logAppendTimeMs ?? span.maxTimestampMs, at: start + 35)
        buffer.overwrite(producerId, at: start + 43)
        buffer.overwrite(producerEpoch, at: start + 51)
        buffer.overwrite(baseSequence, at: start + 53)
        buffer.overwrite(span.recordCount, at: start + 57)
        RecordBatchPatch.writeChecksum(in: buffer, at: start, byteCount: byteCount)
    }
}

/// Changes to the header of a finished batch, where it lies.
public enum RecordBatchPatch {
    /// Sets what the leader gives a batch at append; the checksum does not cover it.
    public static func assign(baseOffset: Int64, partitionLeaderEpoch: Int32, in buffer: ByteBuffer, at start: Int) {
        buffer.overwrite(baseOffset, at: start)
        buffer.overwrite(partitionLeaderEpoch, at: start + 12)
    }

    /// Sets the broker's time for all records of a batch of `byteCount` bytes, and the new
    /// checksum.
    public static func setLogAppendTime(_ timestampMs: Int64, in buffer: ByteBuffer, at start: Int, byteCount: Int) {
        var low: UInt8 = 0
        unsafe buffer.withUnsafeBytes { low = unsafe $0[start + 22] }
        buffer.overwrite(low | 8, at: start + 22)
        buffer.overwrite(timestampMs, at: start + 35)
        writeChecksum(in: buffer, at: start, byteCount: byteCount)
    }

    /// Sets another producer's id, epoch and sequence on a batch of `byteCount` bytes, and the new
    /// checksum.
    public static func setProducer(
        id: Int64, epoch: Int16, baseSequence: Int32, in buffer: ByteBuffer, at start: Int, byteCount: Int
    ) {
        buffer.overwrite(id, at: start + 43)
        buffer.overwrite(epoch, at: start + 51)
        buffer.overwrite(baseSequence, at: start + 53)
        writeChecksum(in: buffer, at: start, byteCount: byteCount)
    }

    static func writeChecksum(in buffer: ByteBuffer, at start: Int, byteCount: Int) {
        let covered = (start + RecordBatchHeader.checksumStart)..<(start + byteCount)
        buffer.overwrite(Checksum.crc32c(buffer.bytes.extracting(covered)), at: start + 17)
    }
}
