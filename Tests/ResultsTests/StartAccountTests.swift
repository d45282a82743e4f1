import Foundation
import Results
import Testing

/// What a start meant for its group, by the definition: with c the commit, s the start, L…E the
/// log.
@Suite struct StartAccountTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let commit: Int64?
        let start: Int64
        let log: ClosedRange<Int64>
        let replayed: Int64?
        let skipped: Int64?
        let lost: Int64?
        let unread: Int64

        init(
            _ commit: Int64?, _ start: Int64, _ log: ClosedRange<Int64>, _ replayed: Int64?, _ skipped: Int64?,
            _ lost: Int64?, _ unread: Int64
        ) {
            self.commit = commit
            self.start = start
            self.log = log
            self.replayed = replayed
            self.skipped = skipped
            self.lost = lost
            self.unread = unread
        }

        var testDescription: String { "commit \(commit.map { "\($0)" } ?? "none"), start \(start), log \(log)" }
    }

    @Test(arguments: [
        // At the commit: nothing but what is unread.
        Case(70, 70, 0...100, 0, 0, 0, 30), Case(100, 100, 0...100, 0, 0, 0, 0), Case(0, 0, 0...100, 0, 0, 0, 100),
        Case(50, 50, 50...100, 0, 0, 0, 50),
        // Before and after it.
        Case(70, 0, 0...100, 70, 0, 0, 100), Case(70, 100, 0...100, 0, 30, 0, 0), Case(0, 100, 0...100, 0, 100, 0, 0),
        Case(70, 50, 50...100, 20, 0, 0, 50),
        // Retention has taken what was committed before: what is gone is lost, and never replayed
        // or skipped.
        Case(10, 50, 50...100, 0, 0, 40, 50), Case(10, 100, 50...100, 0, 50, 40, 0),
        Case(0, 50, 50...50, 0, 0, 50, 0), Case(49, 50, 50...100, 0, 0, 1, 50),
        // Without a commit the log's start stands for it.
        Case(nil, 100, 0...100, nil, 100, nil, 0), Case(nil, 50, 50...100, nil, 0, nil, 50),
        Case(nil, 100, 50...100, nil, 50, nil, 0), Case(nil, 0, 0...0, nil, 0, nil, 0),
        // A commit above the end says nothing of this log.
        Case(101, 100, 0...100, nil, nil, nil, 0), Case(36_000_000_000, 0, 0...100, nil, nil, nil, 100),
        Case(.max, 50, 50...100, nil, nil, nil, 50),
        // A start outside of the log, which is wrong, counts what is there.
        Case(70, 200, 0...100, 0, 30, 0, 0), Case(nil, 200, 0...100, nil, 100, nil, 0),
        Case(70, 10, 50...100, 20, 0, 0, 90), Case(10, 20, 50...100, 0, 0, 40, 80),
        // The greatest offsets there are.
        Case(.max, .max, 0...Int64.max, 0, 0, 0, 0), Case(.max, 0, 0...Int64.max, .max, 0, 0, .max),
        Case(0, .max, 0...Int64.max, 0, .max, 0, 0),
    ])
    func followsTheDefinition(_ one: Case) {
        let account = StartAccount(
            commit: one.commit, start: one.start, logStart: one.log.lowerBound, logEnd: one.log.upperBound)
        #expect(account.replayed == one.replayed)
        #expect(account.skipped == one.skipped)
        #expect(account.lost == one.lost)
        #expect(account.unread == one.unread)
        #expect(account.isCommitAboveEnd == (one.commit ?? 0 > one.log.upperBound))
    }

    @Test func sumsLeaveOutWhatDoesNotApply() {
        var totals = StartTotals()
        #expect(totals.replayed == nil && totals.skipped == nil && totals.lost == nil && totals.unread == nil)
        totals.add(StartAccount(commit: 500, start: 0, logStart: 0, logEnd: 100))
        #expect(totals.replayed == nil && totals.skipped == nil && totals.lost == nil && totals.unread == 100)
        totals.add(StartAccount(commit: nil, start: 100, logStart: 0, logEnd: 100))
        #expect(totals.replayed == nil && totals.skipped == 100 && totals.lost == nil && totals.unread == 100)
        totals.add(StartAccount(commit: 70, start: 20, logStart: 0, logEnd: 100))
        #expect(totals.replayed == 50 && totals.skipped == 100 && totals.lost == 0 && totals.unread == 180)
        totals.add(StartAccount(commit: 0, start: 0, logStart: 0, logEnd: .max))
        #expect(totals.unread == .max && totals.commitsAboveEnd == 1)
    }

    @Test func aRecordSumsItsPartitionsAndLeavesOutRefusedStarts() throws {
        var record = StartsRecord(milestones: [], unit: .offsets)
        for number in 0..<2 {
            var partition = PartitionStarts(partition: Int32(number), rule: "r")
            partition.enter(demanded: 0...0, observed: 0, committed: 30, logStart: 0, logEnd: 100)
            partition.enter(demanded: nil, observed: nil, committed: 500, logStart: 0, logEnd: 100)
            record.partitions.append(partition)
        }
        #expect(record.replayedRecords == 60 && record.skippedRecords == 0 && record.totals.unread == 200)
        // That a commit lies above the end is said of a refused start, too.
        #expect(record.totals.commitsAboveEnd == 2 && record.wrongCount == 0)
    }

    @Test func everyOffsetBetweenTheEndsIsRight() {
        var partition = PartitionStarts(partition: 0, rule: "r")
        for offset in [99, 100, 104, 110, 111] as [Int64] {
            partition.enter(demanded: 100...110, observed: offset, committed: nil, logStart: 0, logEnd: 110)
        }
        let record = StartsRecord(milestones: [], partitions: [partition])
        #expect(record.wrong.map(\.start) == [0, 4] && partition.widest == 10)
    }

    @Test func aResultOfOldKeepsItsTwoSums() throws {
        let old = """
            {"milestones": ["connect"], "reachedAtNs": [[5]], "replayedRecords": 7, "skippedRecords": 9,
             "partitions": [{"partition": 0, "rule": "the commit", "demanded": [5], "observed": [5]}],
             "wrongCount": 0, "wrong": []}
            """
        let record = try JSONDecoder().decode(StartsRecord.self, from: Data(old.utf8))
        #expect(record.replayedRecords == 7 && record.skippedRecords == 9 && record.unit == nil)
        #expect(record.totals.lost == nil && record.totals.unread == nil && record.wrongCount == 0)
        let again = try JSONDecoder().decode(StartsRecord.self, from: try JSONEncoder().encode(record))
        #expect(again == record)
    }
}
