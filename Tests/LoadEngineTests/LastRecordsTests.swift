import System
import Testing

@testable import LoadEngine

@Suite struct LastRecordsTests {
    private typealias Record = LastRecords.Record

    /// Finds the beginnings in logs that hold these records.
    private func find(_ count: Int, _ logs: [Range<Int64>], _ records: [[Record]]) -> (beginnings: [Int64], looks: Int)
    {
        var search = LastRecords(count, logs: logs)
        var looks = 0
        while let ranges = search.next() {
            looks += 1
            for (index, range) in ranges {
                search.enter(records[index].filter { range.contains($0.offset) }, of: index)
            }
        }
        return (search.beginnings, looks)
    }

    @Test func allMayLieInOnePartition() {
        let old = (0..<100).map { Record(offset: $0, timestampMs: $0) }
        let new = (0..<100).map { Record(offset: $0, timestampMs: 1_000 + $0) }
        #expect(find(50, [0..<100, 0..<100], [old, new]).beginnings == [100, 50])
        #expect(find(150, [0..<100, 0..<100], [old, new]).beginnings == [50, 0])
    }

    @Test func gapsAreGoneBackOver() {
        // Every tenth offset alone has a record.
        let sparse = stride(from: 0, to: 1_000, by: 10).map { Record(offset: $0, timestampMs: $0) }
        let found = find(50, [0..<1_000], [sparse])
        #expect(found.beginnings == [500] && found.looks == 5)
        #expect(find(3, [900..<1_000], [sparse.filter { $0.offset >= 900 }]).beginnings == [970])
    }

    @Test func whereFewerExistItIsAllOfThem() {
        let few = [Record(offset: 7, timestampMs: 1), Record(offset: 9, timestampMs: 2)]
        #expect(find(50, [5..<12, 3..<3], [few, []]).beginnings == [7, 3])
        #expect(find(1, [0..<0], [[]]).beginnings == [0])
    }

    /// Against sorting all there is, on logs drawn at random.
    @Test func theyAreTheNewestOfAll() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let logs: [Range<Int64>] = (0..<3).map { _ in
                let start = Int64(random.next() % 50)
                return start..<start + Int64(random.next() % 60)
            }
            var timestamp: Int64 = 0
            var records: [[Record]] = [[], [], []]
            // Timestamps differ, and rise along each partition.
            for offset in 0..<110 as Range<Int64> {
                for index in 0..<3 where logs[index].contains(offset) && random.next() % 3 > 0 {
                    timestamp += 1
                    records[index].append(Record(offset: offset, timestampMs: timestamp))
                }
            }
            let count = 1 + Int(random.next() % 80)
            let beginnings = find(count, logs, records).beginnings
            let chosen = zip(records, beginnings).flatMap { records, first in records.filter { $0.offset >= first } }
            let newest = records.joined().map(\.timestampMs).sorted().suffix(count)
            #expect(chosen.map(\.timestampMs).sorted() == Array(newest))
        }
    }
}
