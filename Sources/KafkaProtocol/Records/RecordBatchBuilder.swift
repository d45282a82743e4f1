public import Bytes

/// Writes one v2 batch at the end of a buffer, record by record, where it will be sent from.
///
/// The header's bytes are kept free from the start and filled by `finish`, after which nothing may
/// be appended. Whoever appends bounds the sizes: a batch must stay below 2 GiB.
public struct RecordBatchBuilder {
    /// The buffer that the batch is written to.
    public let buffer: ByteBuffer
    /// Where in the buffer the batch begins.
    public let start: Int
    private var span = RecordSpan()

    /// A batch that begins at the end of `buffer`.
    public init(buffer: ByteBuffer) {
        self.buffer = buffer
        start = buffer.count
        Self.reserveHeader(buffer)
    }

    private static func reserveHeader(_ buffer: ByteBuffer) {
        buffer.reserve(RecordBatchHeader.byteCount)
        buffer.append { out in
            for _ in 0..<RecordBatchHeader.byteCount { out.append(0) }
        }
    }

    /// Records so far.
    public var recordCount: Int { Int(span.recordCount) }

    /// Bytes so far, header included, without compression.
    public var byteCount: Int { buffer.count - start }

    /// The largest timestamp so far, in ms; nil without records.
    public var maxTimestampMs: Int64? { span.recordCount == 0 ? nil : span.maxTimestampMs }

    /// Appends a record without headers, growing the buffer if need be, and returns its offset in
    /// the batch.
    @discardableResult
    public mutating func append(key: RawSpan?, value: RawSpan?, timestampMs: Int64) -> Int32 {
        let offsetDelta = span.recordCount
        // The rest of a record takes at most 32 bytes; the appender knows its exact size.
        let most = 32 &+ (key?.byteCount ?? 0) &+ (value?.byteCount ?? 0)
        let end = reserve(most)
        var next = span
        buffer.append { out in
            var appender = RecordAppender(out, next, end: end)
            let fits = appender.append(key: key, value: value, timestampMs: timestampMs)
            precondition(fits, "the room was reserved")
            next = appender.span
            out = appender.finish()
        }
        span = next
        return offsetDelta
    }

    /// Appends a record with headers, growing the buffer if need be, and returns its offset in the
    /// batch.
    @discardableResult
    public mutating func append(
        key: RawSpan?, value: RawSpan?, headers: [RecordHeader], timestampMs: Int64
    ) -> Int32 {
        if headers.isEmpty { return append(key: key, value: value, timestampMs: timestampMs) }
        precondition(span.recordCount < .max)
        let offsetDelta = span.recordCount
        let delta = span.timestampDelta(timestampMs)
        let body =
            1 + RecordEncoding.varintByteCount(delta) + RecordEncoding.varintByteCount(Int64(offsetDelta))
            + RecordEncoding.fieldByteCount(key?.byteCount) + RecordEncoding.fieldByteCount(value?.byteCount)
            + RecordEncoding.headersByteCount(headers)
        _ = reserve(body + 5)
        buffer.append { out in
            out.appendVarint(Int64(body))
            out.append(0)  // attributes
            out.appendVarint(delta)
            out.appendVarint(Int64(offsetDelta))
            out.appendField(key)
            out.appendField(value)
            out.appendHeaders(headers)
        }
        span.add(timestampMs)
        return offsetDelta
    }

    /// Lends the buffer to `body` once for many records, which together may bring the batch to
    /// `byteCountMax` bytes.
    ///
    /// After an error the batch is as it was before.
    public mutating func appendMany<Failure: Error>(
        byteCountMax: Int, _ body: (inout RecordAppender) throws(Failure) -> Void
    ) throws(Failure) {
        buffer.reserve(max(byteCountMax - byteCount, 0))
        let end = max(start + byteCountMax, buffer.count)
        var next = span
        defer { span = next }
        try buffer.append { (out: inout OutputRawSpan) throws(Failure) in
            var appender = RecordAppender(out, next, end: end)
            do throws(Failure) {
                try body(&appender)
            } catch {
                // The buffer drops what a failed call wrote.
                out = appender.finish()
                throw error
            }
            next = appender.span
            out = appender.finish()
        }
    }

    /// Makes room for `byteCount` more bytes and returns where they would end.
    private func reserve(_ byteCount: Int) -> Int {
        let end = buffer.count + byteCount
        precondition(end - start <= Int(Int32.max), "a batch must stay below 2 GiB")
        if byteCount > buffer.freeCapacity { buffer.reserve(byteCount) }
        return end
    }

    /// Fills in the header and returns the batch's range in the buffer; there must be a record.
    public func finish(_ fields: RecordBatchFields = RecordBatchFields()) -> Range<Int> {
        precondition(span.recordCount > 0, "a batch holds a record at least")
        fields.write(over: buffer, at: start, span, compressionId: 0)
        return start..<buffer.count
    }

    /// Writes the finished batch at the end of `output`, its records as `compress` appends them,
    /// and returns where.
    ///
    /// The records stay in the builder's own buffer. After an error `output` is as it was.
    public func finish<Failure: Error>(
        _ fields: RecordBatchFields = RecordBatchFields(), compressionId: UInt8, into output: ByteBuffer,
        compress: (_ records: RawSpan, _ output: ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) -> Range<Int> {
        precondition(span.recordCount > 0, "a batch holds a record at least")
        let outputStart = output.count
        Self.reserveHeader(output)
        let records = buffer.bytes.extracting((start + RecordBatchHeader.byteCount)...)
        do throws(Failure) {
            try compress(records, output)
        } catch {
            output.truncate(to: outputStart)
            throw error
        }
        fields.write(over: output, at: outputStart, span, compressionId: compressionId)
        return outputStart..<output.count
    }
}
