/// Finds where the newest n records of a topic begin on each partition; pure.
///
/// All n may lie in one partition, so that each must give its last n. Not every offset has a
/// record: some are transactions' markers, some were compacted away. Where too few came and there
/// are earlier ones, it goes further back.
struct LastRecords {
    /// Where a record lies, and how old it is.
    struct Record: Equatable, Sendable {
        let offset: Int64
        let timestampMs: Int64
    }

    private let count: Int
    private let logs: [Range<Int64>]
    private var tails: [[Record]]
    /// What was read of each partition so far, up to its end.
    private var read: [Range<Int64>]
    private var distance: Int64
    private var isFirst = true

    /// The newest `count` records of logs from their first offset to their end.
    init(_ count: Int, logs: [Range<Int64>]) {
        self.count = count
        self.logs = logs
        tails = logs.map { _ in [] }
        read = logs.map { $0.upperBound..<$0.upperBound }
        distance = Int64(max(count, 1))
    }

    /// What must be read next, by partition; nil once everything is known.
    mutating func next() -> [Int: Range<Int64>]? {
        if !isFirst { distance = distance.multipliedReportingOverflow(by: 2).overflow ? .max : distance * 2 }
        isFirst = false
        var ranges: [Int: Range<Int64>] = [:]
        for (index, log) in logs.enumerated() where tails[index].count < count {
            let first = log.count > distance ? log.upperBound - distance : log.lowerBound
            guard first < read[index].lowerBound else { continue }
            ranges[index] = first..<read[index].lowerBound
            read[index] = first..<log.upperBound
        }
        return ranges.isEmpty ? nil : ranges
    }

    /// The records of the range that was wanted of a partition, in order.
    mutating func enter(_ records: [Record], of partition: Int) { tails[partition].insert(contentsOf: records, at: 0) }

    /// The offset on each partition from which exactly the newest records come, or all where there
    /// are fewer; a partition that has none of them begins at its end.
    ///
    /// Within a partition it is the offsets that count, whatever its timestamps say.
    var beginnings: [Int64] {
        var places = tails.map(\.count)
        var beginnings = logs.map(\.upperBound)
        for _ in 0..<count {
            let newest = tails.indices.filter { places[$0] > 0 }
                .max { tails[$0][places[$0] - 1].timestampMs < tails[$1][places[$1] - 1].timestampMs }
            guard let newest else { break }
            places[newest] -= 1
            beginnings[newest] = tails[newest][places[newest]].offset
        }
        return beginnings
    }
}
