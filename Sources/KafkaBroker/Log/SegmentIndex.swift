import Bytes

/// Where batches lie in one segment: sparse entries, about one for every 4 KiB of log, in the order
/// of the log.
///
/// An entry is a batch's base offset and position, with the greatest timestamp of all records
/// before it. As offsets, positions and these timestamps never fall, each is searched by halving.
struct SegmentIndex: Equatable {
    /// The bytes of log from one entry to the next.
    static let intervalByteCount = 4096

    /// A batch that starts at `position`.
    struct Place: Equatable {
        var relativeOffset: UInt32
        var position: UInt32
    }

    private(set) var places: [Place] = []
    /// Parallel to `places`: the greatest timestamp before that batch.
    private(set) var timestamps: [Int64] = []
    private var nextEntryPosition = intervalByteCount

    /// An index without entries.
    init() {}

    /// An index as it was kept in a file.
    init(places: [Place], timestamps: [Int64]) {
        precondition(places.count == timestamps.count)
        self.places = places
        self.timestamps = timestamps
        nextEntryPosition = Int(places.last?.position ?? 0) + Self.intervalByteCount
    }

    /// The memory that the entries take.
    var byteCount: Int { places.count * (MemoryLayout<Place>.stride + MemoryLayout<Int64>.stride) }

    /// Notes a batch that is appended at `position`, if the last entry is far enough behind it.
    mutating func noteBatch(relativeOffset: Int64, position: Int, maxTimestampBefore: Int64) {
        guard position >= nextEntryPosition else { return }
        places.append(Place(relativeOffset: UInt32(relativeOffset), position: UInt32(position)))
        timestamps.append(maxTimestampBefore)
        nextEntryPosition = position + Self.intervalByteCount
    }

    /// The last batch known to start at or before an offset; the segment's first batch if no entry
    /// does.
    func floor(relativeOffset: Int64) -> Place {
        let after = places.partitioningIndex { Int64($0.relativeOffset) > relativeOffset }
        return after == 0 ? Place(relativeOffset: 0, position: 0) : places[after - 1]
    }

    /// The last batch known to start at or before a position; the segment's first batch if no entry
    /// does.
    func floor(position: Int) -> Place {
        let after = places.partitioningIndex { Int($0.position) > position }
        return after == 0 ? Place(relativeOffset: 0, position: 0) : places[after - 1]
    }

    /// A batch before which no record has a timestamp of at least `timestamp`.
    func floor(timestamp: Int64) -> Place {
        let after = timestamps.partitioningIndex { $0 >= timestamp }
        return after == 0 ? Place(relativeOffset: 0, position: 0) : places[after - 1]
    }
}

extension Array {
    /// The first index whose element fulfils `predicate`, given that all after it do too.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
