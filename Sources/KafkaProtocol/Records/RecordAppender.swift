/// Writes records one after the other into memory that is lent once, so that per record only the
/// room is checked and nothing is retained.
public struct RecordAppender: ~Copyable, ~Escapable {
    @usableFromInline var out: OutputRawSpan
    @usableFromInline var span: RecordSpan
    @usableFromInline let end: Int

    /// Records in the batch so far.
    @inline(always)
    public var recordCount: Int { Int(span.recordCount) }

    @_lifetime(copy out)
    init(_ out: consuming OutputRawSpan, _ span: RecordSpan, end: Int) {
        self.out = out
        self.span = span
        self.end = end
    }

    /// Appends a record without headers; false, and nothing written, when it does not fit the bound
    /// given to the builder.
    @inline(always)
    @_lifetime(self: copy self)
    public mutating func append(key: RawSpan?, value: RawSpan?, timestampMs: Int64) -> Bool {
        let delta = span.timestampDelta(timestampMs)
        let body =
            2 &+ RecordEncoding.varintByteCount(delta) &+ RecordEncoding.varintByteCount(Int64(span.recordCount))
            &+ RecordEncoding.fieldByteCount(key?.byteCount) &+ RecordEncoding.fieldByteCount(value?.byteCount)
        let total = RecordEncoding.varintByteCount(Int64(body)) &+ body
        guard total <= end &- out.byteCount, span.recordCount < .max else { return false }
        let offsetDelta = Int64(span.recordCount)
        // The guard above is the bounds check of every write below.
        unsafe out.withUnsafeMutableBytes { room, count in
            guard let base = room.baseAddress else { return }
            var at = unsafe RecordEncoding.writeVarint(Int64(body), to: base + count)
            unsafe at.storeBytes(of: 0, as: UInt8.self)  // attributes
            unsafe at = RecordEncoding.writeVarint(delta, to: at + 1)
            unsafe at = RecordEncoding.writeVarint(offsetDelta, to: at)
            unsafe at = RecordEncoding.writeField(key, to: at)
            unsafe at = RecordEncoding.writeField(value, to: at)
            unsafe at.storeBytes(of: 0, as: UInt8.self)  // headers
            count &+= total
        }
        span.add(timestampMs)
        return true
    }

    @_lifetime(copy self)
    consuming func finish() -> OutputRawSpan { out }
}

/// What a batch's header must know of its records.
public struct RecordSpan: Sendable {
    /// How many there are.
    public var recordCount: Int32 = 0
    /// The first one's timestamp, in ms.
    public var baseTimestampMs: Int64 = 0
    /// The largest timestamp, in ms.
    public var maxTimestampMs: Int64 = .min

    @inlinable
    func timestampDelta(_ timestampMs: Int64) -> Int64 {
        recordCount == 0 ? 0 : timestampMs &- baseTimestampMs
    }

    @inlinable
    mutating func add(_ timestampMs: Int64, count: Int32 = 1) {
        guard count > 0 else { return }
        if recordCount == 0 { baseTimestampMs = timestampMs }
        if timestampMs > maxTimestampMs { maxTimestampMs = timestampMs }
        recordCount &+= count
    }
}
