import KafkaClient
import Measurement
import Networking
import Results
import Testing

@testable import LoadEngine
@testable import Scenario

@Suite(.timeLimit(.minutes(5))) struct PreloadReaderTests {
    /// Reads topic `t`, which is said to hold records up to `end` and holds those of ten from
    /// `start` on, until `recordCount` came.
    private func read(
        from start: Int64, recordCount: Int, end: Int64 = 10, isDense: Bool = true
    ) async throws -> ConsumeOutcome {
        var outcome = ConsumeOutcome()
        try await withBroker(topics: ["t"]) { client, loop in
            try await client.send(10, to: "t", on: loop)
            let reader = PreloadReader(
                topic: "t", ranges: [LogRange(start: 0, end: end)], isDense: isDense,
                measure: MeasureSpec(warmupNs: 0, extent: .records(recordCount), repeats: 1, pauseNs: 0),
                metrics: ClientMetrics(), brokerPid: nil, loop: loop, onProgress: { _ in })
            outcome = try await Task(executorPreference: loop) {
                if start > 0 {
                    let partition = TopicPartition(topic: "t", partition: 0)
                    _ = try await Admin(client: client).deleteRecords(before: [partition: start])
                }
                return try await reader.run(
                    client: client, configuration: ConsumerConfiguration(), interruption: Interruption())
            }.value
        }
        return outcome
    }

    @Test func passesThatBringWhatIsThereAgree() async throws {
        let outcome = try await read(from: 0, recordCount: 35)
        #expect(outcome.passCount >= 3)
        #expect(outcome.disagreements.isEmpty && outcome.failures.isEmpty)
    }

    @Test func recordsThatArePassedOverAreSeenBeforeAPassEnds() async throws {
        let outcome = try await read(from: 4, recordCount: 3)
        #expect(outcome.passCount == 0)
        #expect(outcome.disagreements == ["t-0: 1 records of offsets 4 to 4 where 0 was next"])
        let result = outcome.asRepeat(
            round: 1, startedAt: .now(),
            measure: MeasureSpec(warmupNs: 0, extent: .records(3), repeats: 1, pauseNs: 0))
        #expect(result.invalidReasons.map(\.code) == [.countsDisagree])
    }

    /// As where a topic holds nothing but aborted transactions.
    @Test(arguments: [(0, 0, false), (3, 0, true), (3, 30, false)])
    func whyNothingCameIsSaid(passCount: Int, consumedBefore: Int, isRead: Bool) throws {
        var outcome = ConsumeOutcome()
        outcome.passCount = passCount
        outcome.count(consumedBefore, atNs: 0)
        let made = outcome.asRepeat(
            round: 1, startedAt: .now(),
            measure: MeasureSpec(warmupNs: 0, extent: .records(3), repeats: 1, pauseNs: 0))
        let reason = try #require(made.invalidReasons.first { $0.detail.hasPrefix("nothing was consumed") })
        #expect(reason.detail.contains("read to its end, 3 times") == isRead)
        #expect(reason.detail.contains("aborted transactions under isolation.level read_committed") == isRead)
    }

    @Test func othersTopicsMayHaveGaps() async throws {
        let outcome = try await read(from: 4, recordCount: 20, isDense: false)
        #expect(outcome.passCount >= 3)
        #expect(outcome.disagreements.isEmpty)
    }

    @Test func whatComesBeyondTheRangeIsOfNoPass() async throws {
        let outcome = try await read(from: 0, recordCount: 20, end: 5, isDense: false)
        #expect(outcome.passCount >= 3 && outcome.passCount == outcome.consumedCount / 5)
        #expect(outcome.disagreements.isEmpty)
    }
}
