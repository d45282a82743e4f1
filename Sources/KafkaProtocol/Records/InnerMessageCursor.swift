/// Walks the messages that a compressed message wraps, giving them absolute offsets and their right
/// timestamps.
public struct InnerMessageCursor: ~Escapable {
    private enum Numbering {
        /// v0: the offsets are absolute.
        case absolute
        /// v1: the offsets count from this one, the first's (KIP-31).
        case relative(to: Int64)
        /// Clients such as PyKafka leave them at −1: then the messages count up from this offset to
        /// the wrapper's.
        case counted(from: Int64)
    }

    private var scanner: BatchScanner
    private let numbering: Numbering
    private let magic: Int8
    private let logAppendTimeMs: Int64?
    private var index: Int64 = 0

    /// A cursor over `set`, the decompressed value of the wrapper.
    @_lifetime(copy set)
    public init(_ set: RawSpan, of wrapper: borrowing MessageView) throws(WireError) {
        numbering = try Self.numbering(set, wrapper)
        scanner = BatchScanner(set)
        magic = wrapper.magic
        logAppendTimeMs = wrapper.attributes.timestampType == .logAppendTime ? wrapper.timestampMs : nil
    }

    /// Only the last message says where a v1 wrapper begins, so its messages are counted first.
    private static func numbering(_ set: RawSpan, _ wrapper: borrowing MessageView) throws(WireError) -> Numbering {
        var scanner = BatchScanner(set)
        var count: Int64 = 0
        var last: Int64 = -1
        while let entry = try scanner.next() {
            count += 1
            last = entry.offset
        }
        guard scanner.truncatedByteCount == 0 else {
            let needed = scanner.truncatedEntryByteCount ?? MessageView.byteCountMin(magic: wrapper.magic)
            throw WireError(
                .truncated(needed: needed, available: scanner.truncatedByteCount), at: scanner.scannedByteCount)
        }
        guard count > 0 else { throw WireError(.invalidBatch("a compressed message without any within"), at: 0) }
        if last < 0 { return .counted(from: wrapper.offset &- count &+ 1) }
        return wrapper.magic == 0 ? .absolute : .relative(to: wrapper.offset &- last)
    }

    /// The next message, checksum verified; nil after the last.
    @_lifetime(copy self)
    public mutating func next() throws(WireError) -> MessageView? {
        guard let entry = try scanner.next() else { return nil }
        guard entry.magic == magic else {
            throw WireError(.invalidBatch("magic \(entry.magic) within magic \(magic)"), at: entry.place + 16)
        }
        var message = try entry.makeVerifiedMessage()
        guard message.attributes.compressionId == 0 else {
            throw WireError(.invalidBatch("a compressed message within another"), at: entry.place + 17)
        }
        switch numbering {
        case .absolute: break
        case .relative(let base): message.offset = base &+ message.offset
        case .counted(let first): message.offset = first &+ index
        }
        index += 1
        if let logAppendTimeMs { message.timestampMs = logAppendTimeMs }
        return message
    }
}

extension BatchEntry {
    /// The entry as a v0 or v1 message whose checksum is right; places count from the field's first
    /// byte.
    @_lifetime(copy self)
    public func makeVerifiedMessage() throws(WireError) -> MessageView {
        do throws(WireError) {
            let message = try MessageView(bytes)
            try message.verifyChecksum()
            return message
        } catch {
            throw error.moved(by: place)
        }
    }
}

extension WireError {
    /// The same error in a field that begins `byteCount` bytes further on.
    func moved(by byteCount: Int) -> WireError { WireError(code, at: byteOffset + byteCount) }
}
