import Foundation
import Measurement
import Results
import Testing

extension EndToEnd {
    /// The embedded broker made slow on purpose by the scenario: it is named in the result, and
    /// seen by what measures it.
    @Suite struct SlowBrokerTests {
        private func run(_ embedded: String, _ experiment: String) throws -> (Repeat, RunResult, WeirProcess) {
            let folder = try TemporaryFolder()
            let path = try folder.write(
                """
                weir: 1
                name: slow
                target: {embedded: {\(embedded)}}
                measure: {warmup: 0 s, for: 1 s, repeats: 1}
                experiments: {one: {\(experiment)}}
                """, to: "slow.yaml")
            let process = try WeirProcess.run(["run", path], in: folder.path)
            let result = try RunResult(path: try #require(folder.resultFiles.first, "\(process.errors)"))
            return (try #require(result.experiments[0].cells[0].repeats.first), result, process)
        }

        private let oneByOne = "produce: {value: {size: 100 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}"

        @Test func everyAnswerIsAsLateAsItIsDelayed() throws {
            let settings = "weir.request.delay.ms: 12.5, weir.request.api: Produce"
            let (once, result, process) = try run(settings, oneByOne)
            #expect(once.isValid && process.exitCode == 0, "\(once.invalidReasons)")
            let ack = try #require(once.latency(.acknowledgement))
            #expect(ack.minNs >= 12_487_500 && ack.count > 5)
            #expect(
                result.brokers[0].configuration == ["weir.request.delay.ms": "12.5", "weir.request.api": "Produce"])
            #expect(process.errors.contains("answers were delayed as weir.request.… says: p50 1"), "\(process.errors)")
        }

        @Test func theBrokersCPUTimeIsCounted() throws {
            let (once, _, process) = try run("weir.request.cpu.ms: 3, weir.request.api: Produce", oneByOne)
            #expect(once.isValid && process.exitCode == 0, "\(once.invalidReasons)")
            let requests = once.traffic.requestsByApi["Produce"] ?? 0
            // The last request of the window may be under way when it ends.
            #expect(requests > 5)
            #expect(try #require(once.resources.brokerCPUNs) >= UInt64(requests - 1) * 3_000_000)
        }

        @Test(arguments: [
            ("producer_byte_rate: 20000", "produce: {value: {size: 1 KiB}, load: {concurrency: 20}}"),
            (
                "consumer_byte_rate: 100000",
                "consume: {}, topic: {preload: {records: 1000 records, value: {size: 1 KiB}}}"
            ),
        ])
        func aQuotaThrottles(quota: String, experiment: String) throws {
            let (once, _, process) = try run("\(quota), quota.window.num: 2", experiment)
            #expect(process.exitCode == 1 && once.invalidReasons.map(\.code).contains(.throttled))
            let found = try #require(once.disturbances)
            #expect(found.throttledAnswers > 0 && found.throttledNs > 10_000_000)
            // A client that waits as long as the broker says loses nothing.
            #expect(found.lostConnections == 0 && found.unansweredRequests == 0 && found.retries == 0)
        }
    }
}
