import Foundation
import Results
import Testing

/// `weir run` under the quotas of an Apache Kafka: throttling is reported, and such a repeat gives
/// no figure.
@Suite(.serialized, .needsKafka, .withKafkaServer, .timeLimit(.minutes(10))) struct RealKafkaQuotaTests {
    private static let scenario = """
        weir: 1
        name: quota
        topic: {partitions: 2}
        measure: {warmup: 500 ms, for: 2 s, repeats: 1}
        experiments:
          produce:
            produce: {value: {size: 1 KiB}, load: {concurrency: 20}, producer: {linger.ms: 0}}
          consume:
            topic: {preload: {records: 4000 records, value: {size: 1 KiB}}}
            consume: {}
          start:
            measure: {starts: 5}
            topic: {preload: {records: 1000 records, value: {size: 1 KiB}}}
            start: {until: caught up, consumer: {auto.offset.reset: earliest}}

        """

    private func run() async throws -> [Repeat] {
        let server = try #require(KafkaServer.current)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/quota.yaml"
        try Self.scenario.write(toFile: path, atomically: true, encoding: .utf8)
        let out = folder.path + "/result.json"
        let output = try await ChildProcess(
            executable: Build.weir, arguments: ["run", path, "--bootstrap-servers", server.bootstrap, "--out", out]
        ).output(deadlineS: 90)
        let result = try RunResult(path: out)
        #expect(output.status == (result.verdict == .valid ? 0 : 1), "\(output.standardError.suffix(4000))")
        return result.experiments.flatMap(\.cells).flatMap(\.repeats)
    }

    private func setQuota(_ change: String...) async throws {
        let server = try #require(KafkaServer.current)
        _ = try await ChildProcess(
            executable: "\(KafkaServer.home ?? "")/bin/kafka-configs.sh",
            arguments: [
                "--bootstrap-server", server.bootstrap, "--alter", "--entity-type", "clients", "--entity-default",
            ] + change
        ).run()
    }

    @Test func whatQuotasHoldBackMakesARepeatInvalid() async throws {
        let free = try await run()
        #expect(free.count == 3)
        for once in free {
            #expect(once.isValid, "\(once.invalidReasons)")
            #expect(once.disturbances?.throttledAnswers == 0 && once.disturbances?.throttledNs == 0)
        }
        // Two seconds' worth of records take many more; the topics are filled by the same client,
        // so not too little.
        try await setQuota("--add-config", "producer_byte_rate=1000000,consumer_byte_rate=500000")
        let held = try await run()
        try await setQuota("--delete-config", "producer_byte_rate,consumer_byte_rate")
        #expect(held.count == 3)
        for once in held {
            #expect(once.invalidReasons.first?.code == .throttled, "\(once.invalidReasons)")
            #expect(once.hadBadConditions, "\(once.invalidReasons)")
            let found = try #require(once.disturbances)
            // The answer with the throttle time may have come in the warm-up.
            #expect(found.throttledNs > 100_000_000)
            // A client that waits as long as the broker says loses nothing.
            #expect(found.lostConnections == 0 && found.unansweredRequests == 0 && found.retries == 0)
        }
    }
}
