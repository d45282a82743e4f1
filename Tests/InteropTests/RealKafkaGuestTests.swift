import Foundation
import KafkaClient
import Networking
import Results
import Testing

/// `weir run` and `weir clean` on somebody's Apache Kafka: whatever ends the run, what is not its
/// own stays as it was.
@Suite(.serialized, .needsKafka, .kafkaServer(set: "group.initial.rebalance.delay.ms=0"), .timeLimit(.minutes(10)))
struct RealKafkaGuestTests {
    /// Runs the program with further arguments and a folder of its own for its state.
    private func weir(_ words: [String], in folder: TemporaryFolder) async throws -> ChildProcess.Output {
        try await ChildProcess(
            executable: "/usr/bin/env", arguments: ["XDG_STATE_HOME=\(folder.path)", Build.weir] + words
        ).output(deadlineS: 120)
    }

    private func run(
        _ text: String, in folder: TemporaryFolder, _ more: [String] = []
    ) async throws -> ChildProcess.Output {
        let server = try #require(KafkaServer.current)
        let path = folder.path + "/scenario.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try await weir(
            ["run", path, "--bootstrap-servers", server.bootstrap, "--out", "\(folder.path)/\(UUID()).json"] + more,
            in: folder)
    }

    private func clean(_ more: [String], in folder: TemporaryFolder) async throws -> ChildProcess.Output {
        try await weir(
            ["clean", "--bootstrap-servers", try #require(KafkaServer.current).bootstrap] + more, in: folder)
    }

    /// The topics and groups of a cluster but for Kafka's internal ones.
    private struct Inventory: Equatable {
        let topics: [String]
        let groups: [String]
    }

    private func inventory(_ admin: Admin) async throws -> Inventory {
        Inventory(
            topics: try await admin.listTopics().keys.filter { !$0.hasPrefix("__") }.sorted(),
            groups: try await admin.listGroups().map(\.name))
    }

    /// A topic of two partitions with ten records each, and what the tests use.
    private func withTopic(
        _ topic: String, _ body: (Admin, Client, [TopicPartition], TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await withClient(of: try #require(KafkaServer.current).bootstrap) { client in
            let admin = Admin(client: client)
            try await client.connect()
            try await admin.createTopics([NewTopic(name: topic, partitionCount: 2)])
            let partitions = (0..<2).map { TopicPartition(topic: topic, partition: Int32($0)) }
            let producer = Producer(client: client)
            for number in 0..<20 {
                _ = try await producer.send(
                    ProducerRecord(topic: topic, partition: Int32(number % 2), value: [UInt8(number)]))
            }
            _ = await producer.close()
            try await body(admin, client, partitions, folder)
            try await admin.deleteTopics([topic])
        }
    }

    @Test(arguments: ["quickstart", "producer-reuse", "start-latency", "reset-strategies", "throughput"])
    func everyShippedScenarioLeavesTheClusterAsItWas(name: String) async throws {
        try await withTopic("theirs-\(name)") { admin, client, partitions, folder in
            try await admin.commit(group: "theirs", offsets: [partitions[0]: 4])
            let before = try await inventory(admin)
            let text = try String(contentsOfFile: "\(Build.package)/Scenarios/\(name).yaml", encoding: .utf8)
            var small = ["--set", "repeats=1"]
            if text.contains("starts:") { small += ["--set", "starts=3"] }
            if !["start-latency", "reset-strategies"].contains(name) {
                let produce = name == "quickstart" ? "reuse/" : ""
                small += ["--set", "\(produce)measure/for=300 ms", "--set", "\(produce)measure/warmup=200 ms"]
            }
            if name == "throughput" { small += ["--set", "preload/records=10000 records"] }
            let output = try await run(text, in: folder, small)
            #expect(output.status == 0, "\(output.standardError)")
            // The broker that is asked may hear of the last deletion a moment after the controller
            // answered.
            try await wait(on: client) { try await inventory(admin).topics == before.topics }
            #expect(try await inventory(admin) == before)
            #expect(try await admin.committed(group: "theirs", partitions: partitions) == [partitions[0]: 4])
            _ = try await admin.deleteGroups(["theirs"])
        }
    }

    private func starts(_ topic: String, _ start: String, count: Int = 3) -> String {
        """
        weir: 1
        name: guest
        topic: {existing: \(topic)}
        measure: {starts: \(count), repeats: 2}
        experiments:
          e: {start: {\(start)}}

        """
    }

    @Test func aGroupThatMayBeMovedIsPutBackAsItWas() async throws {
        try await withTopic("moved") { admin, _, partitions, folder in
            let commit = CommittedOffset(offset: 3, leaderEpoch: 0, metadata: "their note")
            try await admin.commit(group: "billing", commits: [partitions[0]: commit])
            let output = try await run(
                starts("moved", "committed: {behind: 5 records}, group: {existing: billing, commits: yes}"), in: folder)
            #expect(output.status == 0, "\(output.standardError)")
            #expect(
                output.standardError.contains(
                    "the commits of group 'billing' are saved in \(folder.path)/weir/commits/"))
            #expect(try await admin.commits(group: "billing", partitions: partitions) == [partitions[0]: commit])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/weir/commits").isEmpty)
            // A group that did not exist before is deleted again.
            let new = try await run(
                starts("moved", "committed: {at: 5}, group: {existing: nobodys, commits: yes}"), in: folder)
            #expect(new.status == 0, "\(new.standardError)")
            #expect(try await admin.listGroups().map(\.name) == ["billing"])
            _ = try await admin.deleteGroups(["billing"])
        }
    }

    /// Its broker refuses records without a key; those of starts have one, those of loads have
    /// none, and it is said whose they are.
    @Test func aCompactedTopicTakesTheRecordsOfStarts() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await withClient(of: try #require(KafkaServer.current).bootstrap) { client in
            let admin = Admin(client: client)
            try await admin.createTopics([
                NewTopic(name: "state", partitionCount: 1, configs: ["cleanup.policy": "compact"])
            ])
            let start = starts("state", "consumer: {auto.offset.reset: latest}")
            let refused = try await run(start, in: folder)
            #expect(refused.status == 2 && refused.standardError.contains("begins at the end of 'state'"))
            let allowed = start.replacing("existing: state", with: "existing: state, writes: yes")
            let output = try await run(allowed, in: folder)
            #expect(output.status == 0, "\(output.standardError)")
            let load = """
                weir: 1
                name: load
                topic: {existing: state, writes: yes}
                measure: {warmup: 0 s, records: 5 records, repeats: 1}
                experiments: {e: {produce: {value: {size: 1 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}}}

                """
            let loaded = try await run(load, in: folder)
            #expect(loaded.status == 1)
            #expect(
                (loaded.standardOutput + loaded.standardError).contains(
                    "Weir's records have no key, which compacted topics want"), "\(loaded)")
            try await admin.deleteTopics(["state"])
        }
    }

    @Test(arguments: ["classic", "consumer"])
    func aGroupWithMembersIsNotMoved(protocol name: String) async throws {
        let server = try #require(KafkaServer.current)
        if name == "consumer", !KafkaServer.hasConsumerGroups { return }
        try await withTopic("busy-\(name)") { admin, client, partitions, folder in
            let group = "busy-\(name)"
            try "group.protocol=\(name)\nauto.offset.reset=earliest\n".write(
                toFile: folder.path + "/member.properties", atomically: true, encoding: .utf8)
            // Its members are those of somebody's consumer, which goes on for as long as this is
            // kept.
            let member = try LiveProcess(
                "\(try #require(KafkaServer.home))/bin/kafka-console-consumer.sh",
                [
                    "--bootstrap-server", server.bootstrap, "--topic", "busy-\(name)", "--group", group,
                    "--consumer.config", folder.path + "/member.properties",
                ])
            try await wait(on: client) {
                if case .members = try await admin.occupancy(of: group) { true } else { false }
            }
            let output = try await run(
                starts("busy-\(name)", "committed: {at: 5}, group: {existing: \(group), commits: yes}"), in: folder)
            #expect(output.status == 1)
            #expect(output.standardError.contains("group '\(group)' has "), "\(output.standardError)")
            #expect(output.standardError.contains("committed to only while it has none"))
            #expect(try await admin.committed(group: group, partitions: partitions).values.allSatisfy { $0 != 5 })
            // Reading its commits changes nothing.
            let reading = try await run(
                starts("busy-\(name)", "until: ready, group: {existing: \(group)}"), in: folder)
            #expect(reading.status == 0, "\(reading.standardError)")
            withExtendedLifetime(member) {}
        }
    }

    /// The run is killed while it has moved a group and made a topic and groups.
    @Test func afterKillCleanPutsBackWhatWasMovedAndRemovesTheRest() async throws {
        let server = try #require(KafkaServer.current)
        try await withTopic("killed") { admin, client, partitions, folder in
            try await admin.commit(group: "billing", offsets: [partitions[0]: 3])
            let before = try await inventory(admin)
            let path = folder.path + "/kill.yaml"
            try """
            weir: 1
            name: kill
            measure: {starts: 100000, repeats: 1}
            experiments:
              own:
                start: {committed: {behind: 2 records}}
                topic: {name: perf-*, partitions: 2, preload: {records: 20 records, value: {size: 1 B}}}
                measure: {starts: 3}
              theirs:
                start: {committed: {behind: 2 records}, group: {existing: billing, commits: yes}}
                topic: {existing: killed}
                cases:
                  moved: {}
                  made: {measure: {starts: 3}, topic: {partitions: 1, preload: {records: 9 records, value: {size: 1 B}}}, start: {group: new}}
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let running = try LiveProcess(
                "/bin/sh",
                [
                    "-c",
                    "echo $$; XDG_STATE_HOME='\(folder.path)' exec '\(Build.weir)' run '\(path)' --bootstrap-servers "
                        + "\(server.bootstrap) --out '\(folder.path)/killed.json' 2>&1",
                ])
            let id = try await running.next { Int32($0) }
            let run = try await running.next { line in
                line.split(separator: " ").first { $0.wholeMatch(of: /[0-9]{8}T[0-9]{6}-[a-z]{4}/) != nil }.map(
                    String.init)
            }
            try await wait(on: client) {
                try await admin.committed(group: "billing", partitions: partitions) != [partitions[0]: 3]
            }
            kill(id, SIGKILL)
            let listed = try await clean([], in: folder)
            #expect(listed.status == 0 && listed.standardOutput.contains(run), "\(listed)")
            #expect(listed.standardOutput.contains("'billing'"))
            let cleaned = try await clean(["--run", run], in: folder)
            #expect(cleaned.status == 0, "\(cleaned)")
            #expect(cleaned.standardOutput.contains("put back: commits of group 'billing' on topic 'killed'"))
            #expect(try await inventory(admin) == before)
            #expect(try await admin.committed(group: "billing", partitions: partitions) == [partitions[0]: 3])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/weir/commits").isEmpty)
            let again = try await clean([], in: folder)
            #expect(again.standardOutput.contains("no run has left topics or groups"))
            _ = try await admin.deleteGroups(["billing"])
        }
    }

    @Test func cleanLeavesWhatIsInUseOrNobodysToDelete() async throws {
        let run = "20200102T030405-abcd"
        let server = try #require(KafkaServer.current)
        try await withTopic("weir-\(run)-e-0") { admin, client, partitions, folder in
            let others = ["weir-\(run)", "weir-\(run)-e-0-dlq", "weir-20200102T030405-abce-e-0"]
            try await admin.createTopics(
                (others + ["perf-weir-\(run)-e-1"]).map { NewTopic(name: $0, partitionCount: 1) })
            try await admin.commit(group: "weir-\(run)-e-0-1", offsets: [partitions[0]: 1])
            let producer = Producer(client: client)
            let writer = Task(executorPreference: client.loop) {
                while !Task.isCancelled {
                    _ = try await producer.send(ProducerRecord(topic: partitions[0].topic, partition: 0, value: [1]))
                    try await client.loop.sleep(untilNs: EventLoop.nowNs() + 100_000_000)
                }
            }
            let cleaned = try await clean(["--run", run], in: folder)
            writer.cancel()
            _ = await writer.result
            _ = await producer.close()
            #expect(cleaned.status == 1)
            #expect(cleaned.standardOutput.contains("deleted: group weir-\(run)-e-0-1\n"))
            #expect(cleaned.standardOutput.contains("deleted: topic perf-weir-\(run)-e-1\n"))
            #expect(cleaned.standardOutput.contains("not deleted: topic weir-\(run)-e-0: somebody writes to it"))
            #expect(try await inventory(admin).topics == (others + ["weir-\(run)-e-0"]).sorted())
            try await admin.deleteTopics(others)
            _ = server
        }
    }

    /// Waits until something holds, for at most a minute.
    private func wait(on client: Client, until isSo: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await isSo() { return }
            try await client.loop.sleep(untilNs: EventLoop.nowNs() + 100_000_000)
        }
        Issue.record("it never came to that")
    }
}
