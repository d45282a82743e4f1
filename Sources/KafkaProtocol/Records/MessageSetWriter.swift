public import Bytes

/// Writes messages of magic 0 and 1.
public enum MessageSetWriter {
    /// Appends one message; magic 0 has no timestamp.
    public static func append(
        magic: Int8, offset: Int64, timestampMs: Int64, timestampType: TimestampType = .createTime, key: RawSpan?,
        value: RawSpan?, to output: ByteBuffer
    ) {
        let start = output.count
        output.reserve(MessageView.byteCountMin(magic: magic) + (key?.byteCount ?? 0) + (value?.byteCount ?? 0))
        let attributes = RecordBatchAttributes(timestampType: magic == 0 ? .createTime : timestampType)
        appendHead(magic: magic, offset: offset, timestampMs: timestampMs, attributes, to: output)
        appendField(key, to: output)
        appendField(value, to: output)
        finish(output, at: start)
    }

    /// Appends a compressed message around the set `inner`, with the offset of the last message
    /// within.
    ///
    /// For magic 1 the offsets within count from the first's. After an error `output` is as it was.
    public static func appendWrapper<Failure: Error>(
        of inner: RawSpan, magic: Int8, lastOffset: Int64, timestampMs: Int64,
        attributes: RecordBatchAttributes, to output: ByteBuffer,
        compress: (_ set: RawSpan, _ output: ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) {
        let start = output.count
        appendHead(magic: magic, offset: lastOffset, timestampMs: timestampMs, attributes, to: output)
        appendField(nil, to: output)
        let lengthAt = output.count
        appendField(nil, to: output)
        do throws(Failure) {
            try compress(inner, output)
        } catch {
            output.truncate(to: start)
            throw error
        }
        output.overwrite(Int32(output.count - lengthAt - 4), at: lengthAt)
        finish(output, at: start)
    }

    /// Everything in front of the key; size and checksum follow in `finish`.
    private static func appendHead(
        magic: Int8, offset: Int64, timestampMs: Int64, _ attributes: RecordBatchAttributes, to output: ByteBuffer
    ) {
        let start = output.count
        let byteCount = MessageView.byteCountMin(magic: magic) - 8
        output.reserve(byteCount)
        output.append { out in
            for _ in 0..<byteCount { out.append(0) }
        }
        output.overwrite(offset, at: start)
        output.overwrite(magic, at: start + 16)
        output.overwrite(UInt8(truncatingIfNeeded: attributes.rawValue), at: start + 17)
        if magic > 0 { output.overwrite(timestampMs, at: start + 18) }
    }

    private static func appendField(_ field: RawSpan?, to output: ByteBuffer) {
        let lengthAt = output.count
        let null: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        unsafe output.append(null.span.bytes)
        guard let field else { return }
        output.overwrite(Int32(field.byteCount), at: lengthAt)
        output.append(field)
    }

    private static func finish(_ output: ByteBuffer, at start: Int) {
        output.overwrite(Int32(output.count - start - RecordBatchHeader.lengthEnd), at: start + 8)
        let covered = output.bytes.extracting((start + MessageView.checksumStart)...)
        output.overwrite(Checksum.crc32(covered), at: start + 12)
    }
}
