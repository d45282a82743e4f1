import Networking
import Results
import Testing

@testable import LoadEngine

@Suite struct StartWatchTests {
    /// What waiting for the first records of partitions that give none comes to; nil where it is satisfied.
    private func wait(
        demanded: [Int64?], ends: [Int64], isDense: Bool = true, timeoutMs: Int = 0,
        prepare: (StartWatch) -> Void = { _ in }
    ) async throws -> EngineError? {
        let loop = try EventLoop(name: "watch")
        let watch = StartWatch(demanded: demanded, ends: ends, untilCaughtUp: false, isDense: isDense)
        prepare(watch)
        let error: EngineError? = await Task(executorPreference: loop) {
            do {
                try await watch.waitForAllPartitions(on: loop, timeoutMs: timeoutMs)
                return nil
            } catch {
                return error as? EngineError
            }
        }.value
        await loop.stop()
        return error
    }

    @Test func aPartitionThatGivesNothingOfItsRecordsIsAnError() async throws {
        let error = try await wait(demanded: [7, 3], ends: [7, 7])
        #expect(error?.code == .timedOut)
        #expect(error?.description.contains("partition 1") == true)
    }

    @Test func aFailureIsPassedOn() async throws {
        let error = try await wait(demanded: [3], ends: [7], timeoutMs: 10_000) { $0.fail(EngineError("gone")) }
        #expect(error?.description == "gone")
    }

    @Test func whereARecordWasSentToEachTheEndIsNoExcuse() async throws {
        #expect(try await wait(demanded: [7], ends: [7]) == nil)
        let error = try await wait(demanded: [7], ends: [7], isDense: false) { $0.eachGetsOne = true }
        #expect(error?.code == .timedOut)
    }

    @Test func ofOthersTopicsOffsetsMayHoldNothing() async throws {
        #expect(try await wait(demanded: [3], ends: [7], isDense: false) == nil)
    }

    @Test func withoutARecordThePositionIsWhereItBegan() {
        let watch = StartWatch(demanded: [3], ends: [7], untilCaughtUp: false, isDense: false)
        #expect(watch.beginning(of: 0, position: 3) == 3)
        watch.reset(0, to: 5)
        #expect(watch.beginning(of: 0, position: 3) == 5)
    }

    @Test func aStartThatMustBeRefusedOwesNothing() async throws {
        #expect(try await wait(demanded: [nil], ends: [7]) == nil)
    }
}
