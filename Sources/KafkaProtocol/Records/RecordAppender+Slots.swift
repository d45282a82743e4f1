extension RecordAppender {
    /// Appends up to `count` records without key and headers, all with one timestamp, and returns
    /// how many had room.
    ///
    /// `values` consists of slots of `valueByteCount` bytes; the records take them in turn from
    /// `firstSlot` on, beginning again after the last.
    @_lifetime(self: copy self)
    public mutating func append(
        slotsOf values: RawSpan, valueByteCount: Int, firstSlot: Int, count: Int, timestampMs: Int64
    ) -> Int {
        precondition(valueByteCount >= 0 && firstSlot >= 0)
        let slotCount = valueByteCount == 0 ? 1 : values.byteCount / valueByteCount
        precondition(slotCount > 0, "no slot")
        var slot = firstSlot % slotCount
        var added = appendUniform(values, valueByteCount, &slot, slotCount, count, timestampMs)
        while added < count {
            let at = slot &* valueByteCount
            // The slot is within the span by the remainder above and the reset below.
            let value = unsafe values.extracting(unchecked: at..<(at &+ valueByteCount))
            guard append(key: nil, value: value, timestampMs: timestampMs) else { break }
            added &+= 1
            slot = slot &+ 1 == slotCount ? 0 : slot &+ 1
        }
        return added
    }

    /// Writes records that differ only in offset and value, until less room is left than a whole
    /// store takes.
    ///
    /// The bytes before the offset, and those between it and the value, are assembled once and
    /// stored 16 bytes at a time, beyond their end: the next store goes over that.
    @inline(always)
    @_lifetime(self: copy self)
    private mutating func appendUniform(
        _ values: RawSpan, _ valueByteCount: Int, _ slot: inout Int, _ slotCount: Int, _ count: Int,
        _ timestampMs: Int64
    ) -> Int {
        let delta = span.timestampDelta(timestampMs)
        // A prefix of 16 bytes holds no larger one.
        guard abs(delta) < 1 << 55, valueByteCount <= 1 << 27, span.recordCount < 1 << 26 else { return 0 }
        let suffix = UniformPart(suffixOf: valueByteCount)
        let end = self.end
        let first = Int(span.recordCount)
        // Beyond 2²⁶ records the offset takes more than the four bytes that are stored.
        let last = min(first &+ count, 1 << 26)
        var offsetDelta = first
        var place = slot
        unsafe out.withUnsafeMutableBytes { room, written in
            guard let base = room.baseAddress else { return }
            var at = written
            let wholeEnd = min(end, room.count &- UniformPart.byteCountMax)
            while offsetDelta < last {
                let offset = UniformPart.OffsetClass(offsetDelta)
                let prefix = UniformPart(
                    prefixOf: delta, bodyByteCount: 2 &+ offset.byteCount &+ suffix.byteCount &+ valueByteCount)
                let total = prefix.byteCount &+ offset.byteCount &+ suffix.byteCount &+ valueByteCount &+ 1
                let classEnd = min(last, offset.end)
                while offsetDelta < classEnd, at &+ total <= wholeEnd {
                    unsafe prefix.store(at: base + at)
                    at &+= prefix.byteCount
                    unsafe (base + at).storeBytes(of: offset.bytes(offsetDelta), as: UInt32.self)
                    at &+= offset.byteCount
                    unsafe suffix.store(at: base + at)
                    at &+= suffix.byteCount
                    unsafe values.withUnsafeBytes { values in
                        guard let from = values.baseAddress else { return }
                        unsafe (base + at).copyMemory(from: from + place &* valueByteCount, byteCount: valueByteCount)
                    }
                    at &+= valueByteCount
                    unsafe (base + at).storeBytes(of: 0, as: UInt8.self)  // headers
                    at &+= 1
                    offsetDelta &+= 1
                    place = place &+ 1 == slotCount ? 0 : place &+ 1
                }
                if offsetDelta < classEnd { break }
            }
            written = at
        }
        slot = place
        let added = offsetDelta &- first
        span.add(timestampMs, count: Int32(added))
        return added
    }
}

/// Up to 16 bytes that many records have in common.
struct UniformPart {
    /// The most that a store writes.
    static let byteCountMax = 16

    let byteCount: Int
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// A record's length, attributes and timestamp delta, `bodyByteCount` less the delta's own
    /// bytes.
    @inline(always)
    init(prefixOf timestampDelta: Int64, bodyByteCount: Int) {
        let body = bodyByteCount &+ RecordEncoding.varintByteCount(timestampDelta)
        unsafe self.init { start in
            var at = unsafe RecordEncoding.writeVarint(Int64(body), to: start)
            unsafe at.storeBytes(of: 0, as: UInt8.self)  // attributes
            unsafe at = RecordEncoding.writeVarint(timestampDelta, to: at + 1)
            return unsafe at
        }
    }

    /// No key, and the value's length.
    @inline(always)
    init(suffixOf valueByteCount: Int) {
        unsafe self.init { start in
            let at = unsafe RecordEncoding.writeVarint(-1, to: start)
            return unsafe RecordEncoding.writeVarint(Int64(valueByteCount), to: at)
        }
    }

    @inline(always)
    private init(_ write: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer) {
        var bytes: (UInt64, UInt64) = (0, 0)
        byteCount = unsafe withUnsafeMutableBytes(of: &bytes) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe write(base) - base
        }
        (low, high) = bytes
    }

    /// Stores `byteCountMax` bytes, of which the first `byteCount` count.
    @inline(always)
    @unsafe func store(at start: UnsafeMutableRawPointer) {
        unsafe start.storeBytes(of: low, as: UInt64.self)
        unsafe start.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
    }

    /// The offset deltas whose varints have one length.
    struct OffsetClass {
        /// The length.
        let byteCount: Int
        /// The first offset delta that takes more.
        let end: Int
        private let continuation: UInt32

        @inline(always)
        init(_ offsetDelta: Int) {
            byteCount = RecordEncoding.varintByteCount(Int64(offsetDelta))
            end = 1 &<< (7 &* byteCount &- 1)
            continuation = 0x0080_8080 & ((1 &<< UInt32(8 &* (byteCount &- 1))) &- 1)
        }

        /// The varint, in the first `byteCount` of four bytes.
        @inline(always)
        func bytes(_ offsetDelta: Int) -> UInt32 {
            let raw = UInt32(truncatingIfNeeded: offsetDelta) &<< 1
            let spread =
                raw & 0x7f | (raw & 0x3f80) &<< 1 | (raw & 0x1f_c000) &<< 2 | (raw & 0xfe0_0000) &<< 3
            return (spread | continuation).littleEndian
        }
    }
}
