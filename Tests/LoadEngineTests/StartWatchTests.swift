import Networking
import Results
import Testing

@testable import LoadEngine

@Suite(.timeLimit(.minutes(5))) struct StartWatchTests {
    private typealias Wait = @Sendable (StartWatch, EventLoop) async throws -> Void

    /// What waiting comes to; nil where it is satisfied. Nothing more happens once it waits, so
    /// that no time need pass.
    private func error(
        _ watch: StartWatch, _ wait: @escaping Wait = { try await $0.waitForAllPartitions(on: $1, timeoutMs: 0) }
    ) async throws -> EngineError? {
        let loop = try EventLoop(name: "watch")
        let error: EngineError? = await Task(executorPreference: loop) {
            do {
                try await wait(watch, loop)
                return nil
            } catch {
                return error as? EngineError
            }
        }.value
        await loop.stop()
        return error
    }

    private func watch(
        begun: [Int64?], ends: [Int64], doubtful: Set<Int> = [], untilCaughtUp: Bool = false, isDense: Bool = true,
        eachGetsOne: Bool = false
    ) -> StartWatch {
        let watch = StartWatch(
            ends: ends, doubtful: doubtful, untilCaughtUp: untilCaughtUp, isDense: isDense, eachGetsOne: eachGetsOne)
        watch.begun(begun)
        return watch
    }

    private let positions: Wait = { try await $0.waitForPositions(on: $1, timeoutMs: 0) }
    private let end: Wait = { _ = try await $0.waitForEnd(on: $1, timeoutMs: 0) }

    @Test func aPartitionThatGivesNothingOfItsRecordsIsAnError() async throws {
        let error = try await error(watch(begun: [7, 3], ends: [7, 7]))
        #expect(error?.code == .timedOut)
        #expect(error?.description.contains("partition 1") == true)
    }

    @Test func aFailureIsPassedOn() async throws {
        let watch = watch(begun: [3], ends: [7])
        watch.fail(EngineError("gone"))
        #expect(
            try await error(watch) { try await $0.waitForAllPartitions(on: $1, timeoutMs: 10_000) }?.description
                == "gone")
        #expect(watch.failedNs != nil)
    }

    @Test func whereARecordWasSentToEachTheEndIsNoExcuse() async throws {
        #expect(try await error(watch(begun: [7], ends: [7])) == nil)
        let error = try await error(watch(begun: [7], ends: [7], isDense: false, eachGetsOne: true))
        #expect(error?.code == .timedOut)
    }

    @Test func ofOthersTopicsAPartitionIsReadToItsEndByItsPosition() async throws {
        let watch = watch(begun: [3, 0], ends: [7, 4], isDense: false)
        watch.enter(1, first: 0, next: 4, atNs: 1)
        // Aborted records, and the marker behind them, bring it on without a record.
        watch.read(0, upTo: 6)
        #expect(try await error(watch)?.description.contains("read up to 6 and not to its end, 7") == true)
        watch.read(0, upTo: 7)
        #expect(try await error(watch) == nil)
        #expect(watch.beginning(of: 0) == 3)
    }

    @Test func caughtUpGoesByPosition() async throws {
        let watch = watch(begun: [0, 5], ends: [10, 5], untilCaughtUp: true, isDense: false)
        watch.enter(0, first: 0, next: 9, atNs: 1)
        #expect(watch.caughtUpNs == nil)
        // The last offset is a commit's marker.
        watch.read(0, upTo: 10)
        #expect(watch.caughtUpNs != nil)
        #expect(try await error(watch, end) == nil)
    }

    @Test func whatIsYetToBeResetHasNotCaughtUp() async throws {
        // A commit above the end, which by its number lies beyond what is to be read.
        let watch = watch(begun: [0, 900], ends: [10, 10], doubtful: [1], untilCaughtUp: true)
        watch.enter(0, first: 0, next: 10, atNs: 1)
        #expect(watch.caughtUpNs == nil && watch.beginning(of: 1) == nil)
        #expect(try await error(watch, positions)?.code == .timedOut)
        watch.reset(1, to: 2)
        #expect(watch.caughtUpNs == nil && watch.beginning(of: 1) == 2)
        #expect(try await error(watch, positions) == nil)
        watch.enter(1, first: 2, next: 10, atNs: 2)
        #expect(watch.caughtUpNs != nil)
    }

    @Test func aCommitThatWasInRangeAfterAllIsWhereItBegan() async throws {
        let watch = watch(begun: [12], ends: [10], doubtful: [0], isDense: false)
        watch.read(0, upTo: 12)
        #expect(try await error(watch, positions) == nil)
        #expect(watch.beginning(of: 0) == 12)
    }

    @Test func whereNoRecordCanComeNoneIsWaitedFor() async throws {
        let watch = watch(begun: [0], ends: [6], isDense: false)
        #expect(try await error(watch, end)?.code == .timedOut)
        watch.read(0, upTo: 6)
        let error = try await error(watch) { _ = try await $0.waitForEnd(on: $1, timeoutMs: 600_000) }
        #expect(error?.code == .failed && error?.description.contains("no record came") == true)
    }

    @Test func withARecordForEachCaughtUpMeansThatItCame() {
        let watch = watch(begun: [5, 5], ends: [5, 5], untilCaughtUp: true, eachGetsOne: true)
        watch.enter(0, first: 5, next: 6, atNs: 1)
        #expect(watch.caughtUpNs == nil)
        watch.enter(1, first: 5, next: 6, atNs: 2)
        #expect(watch.caughtUpNs != nil)
    }

    @Test func theFirstRecordIsTheTruthOfWhereItBegan() {
        let dense = watch(begun: [3], ends: [7])
        dense.enter(0, first: 4, next: 7, atNs: 1)
        #expect(dense.beginning(of: 0) == 4)
        // In a log with gaps the record behind one comes first; one before the position would still
        // be wrong.
        let gaps = watch(begun: [3, 3], ends: [7, 7], isDense: false)
        gaps.enter(0, first: 4, next: 7, atNs: 1)
        gaps.enter(1, first: 2, next: 7, atNs: 1)
        #expect(gaps.beginning(of: 0) == 3 && gaps.beginning(of: 1) == 2)
    }

    @Test func aStartThatFoundNothingBeganNowhere() {
        let watch = StartWatch(ends: [7], untilCaughtUp: false, isDense: true)
        #expect(watch.beginning(of: 0) == nil)
    }
}
