extension OutputRawSpan {
    /// A zig-zag varint of a record.
    @_lifetime(self: copy self)
    mutating func appendVarint(_ value: Int64) {
        let byteCount = RecordEncoding.varintByteCount(value)
        precondition(byteCount <= freeCapacity)
        unsafe withUnsafeMutableBytes { room, count in
            guard let base = room.baseAddress else { return }
            _ = unsafe RecordEncoding.writeVarint(value, to: base + count)
            count += byteCount
        }
    }

    /// A nullable field of a record with its length in front.
    @_lifetime(self: copy self)
    mutating func appendField(_ field: RawSpan?) {
        let byteCount = RecordEncoding.fieldByteCount(field?.byteCount)
        precondition(byteCount <= freeCapacity)
        unsafe withUnsafeMutableBytes { room, count in
            guard let base = room.baseAddress else { return }
            _ = unsafe RecordEncoding.writeField(field, to: base + count)
            count += byteCount
        }
    }

    /// A record's headers with their count.
    @_lifetime(self: copy self)
    mutating func appendHeaders(_ headers: [RecordHeader]) {
        appendVarint(Int64(headers.count))
        for header in headers {
            var key = header.key
            key.makeContiguousUTF8()
            appendField(unsafe key.utf8Span.span.bytes)
            if let value = header.value { appendField(unsafe value.span.bytes) } else { appendField(nil) }
        }
    }
}
