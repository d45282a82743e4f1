import Bytes
import KafkaProtocol

/// What is known of the first `byteCount` bytes of a segment, so that a start need not read them.
struct SegmentSummary: Equatable {
    var byteCount = 0
    var nextOffset: Int64
    var maxTimestamp: Int64 = -1
    /// Where the first batch with `maxTimestamp` starts.
    var maxTimestampPosition = 0

    /// The summary of a segment without batches.
    init(baseOffset: Int64) { nextOffset = baseOffset }

    /// Takes in a batch that lies at the end.
    mutating func note(_ header: RecordBatchHeader, byteCount batchByteCount: Int) {
        if header.maxTimestamp > maxTimestamp {
            maxTimestamp = header.maxTimestamp
            maxTimestampPosition = byteCount
        }
        byteCount += batchByteCount
        nextOffset = header.nextOffset
    }
}

/// The files of one segment: the log itself, its two indexes, and their summary, which is written
/// last and without which they do not count.
struct SegmentFiles {
    let directory: String
    let baseOffset: Int64

    private static let magic: UInt32 = 0x5745_4952
    private static let version: UInt32 = 1
    private static let summaryByteCount = 60
    /// An index of the largest possible segment is smaller than this.
    private static let indexByteCountMax = 16 << 20

    var log: String { path("log") }
    var index: String { path("index") }
    var timeIndex: String { path("timeindex") }
    var summary: String { path("summary") }
    var all: [String] { [log, index, timeIndex, summary] }

    private func path(_ suffix: String) -> String { "\(directory)/\(Self.name(baseOffset)).\(suffix)" }

    /// An offset as file names carry it: twenty digits, so that names sort as offsets do.
    static func name(_ offset: Int64) -> String {
        let digits = String(offset)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
    }

    /// Writes the indexes and then the summary that vouches for them.
    func write(_ content: SegmentIndex, _ known: SegmentSummary) throws(StorageError) {
        let places = ByteBuffer(capacity: content.places.count * 8)
        let times = ByteBuffer(capacity: content.places.count * 12)
        for (place, timestamp) in zip(content.places, content.timestamps) {
            places.appendInteger(place.relativeOffset)
            places.appendInteger(place.position)
            times.appendInteger(timestamp)
            times.appendInteger(place.relativeOffset)
        }
        try Files.replace(index, with: places)
        try Files.replace(timeIndex, with: times)
        let vouching = ByteBuffer(capacity: Self.summaryByteCount)
        vouching.appendInteger(Self.magic)
        vouching.appendInteger(Self.version)
        vouching.appendInteger(baseOffset)
        vouching.appendInteger(Int64(known.byteCount))
        vouching.appendInteger(known.nextOffset)
        vouching.appendInteger(known.maxTimestamp)
        vouching.appendInteger(Int64(known.maxTimestampPosition))
        vouching.appendInteger(Checksum.crc32c(places.bytes))
        vouching.appendInteger(Checksum.crc32c(times.bytes))
        vouching.appendInteger(Checksum.crc32c(vouching.bytes))
        try Files.replace(summary, with: vouching)
    }

    /// The summary; nil if there is none, or if it is damaged.
    func readSummary() throws(StorageError) -> SegmentSummary? { try readVouching()?.known }

    /// The index, or nil if it is not the one that the summary vouches for.
    func readIndex() throws(StorageError) -> SegmentIndex? {
        guard let vouching = try readVouching() else { return nil }
        guard let places = try Files.read(index, byteCountMax: Self.indexByteCountMax),
            let times = try Files.read(timeIndex, byteCountMax: Self.indexByteCountMax),
            Checksum.crc32c(places.bytes) == vouching.placesChecksum,
            Checksum.crc32c(times.bytes) == vouching.timesChecksum
        else { return nil }
        // The checksums hold, so the lengths do too.
        return try? Self.parseIndex(places, times)
    }

    private struct Vouching {
        var known: SegmentSummary
        var placesChecksum: UInt32
        var timesChecksum: UInt32
    }

    private func readVouching() throws(StorageError) -> Vouching? {
        guard let content = try Files.read(summary, byteCountMax: 4096) else { return nil }
        // If it cannot be parsed, the log is read instead.
        return try? parse(content)
    }

    private func parse(_ content: ByteBuffer) throws(WireError) -> Vouching? {
        guard content.count == Self.summaryByteCount else { return nil }
        var reader = WireReader(content.bytes)
        let magic: UInt32 = try reader.readInteger()
        let version: UInt32 = try reader.readInteger()
        let base: Int64 = try reader.readInteger()
        var known = SegmentSummary(baseOffset: base)
        known.byteCount = Int(try reader.readInteger(Int64.self))
        known.nextOffset = try reader.readInteger()
        known.maxTimestamp = try reader.readInteger()
        known.maxTimestampPosition = Int(try reader.readInteger(Int64.self))
        let vouching = Vouching(
            known: known, placesChecksum: try reader.readInteger(), timesChecksum: try reader.readInteger())
        let stored: UInt32 = try reader.readInteger()
        let isSound = magic == Self.magic && version == Self.version && base == baseOffset
        let computed = Checksum.crc32c(content.bytes.extracting(0..<(Self.summaryByteCount - 4)))
        return isSound && stored == computed ? vouching : nil
    }

    private static func parseIndex(_ places: ByteBuffer, _ times: ByteBuffer) throws(WireError) -> SegmentIndex {
        var placeReader = WireReader(places.bytes)
        var timeReader = WireReader(times.bytes)
        var parsed: [SegmentIndex.Place] = []
        var timestamps: [Int64] = []
        parsed.reserveCapacity(places.count / 8)
        timestamps.reserveCapacity(places.count / 8)
        while placeReader.remaining > 0 {
            let relativeOffset: UInt32 = try placeReader.readInteger()
            parsed.append(.init(relativeOffset: relativeOffset, position: try placeReader.readInteger()))
            timestamps.append(try timeReader.readInteger())
            _ = try timeReader.readInteger(UInt32.self)
        }
        return SegmentIndex(places: parsed, timestamps: timestamps)
    }
}
