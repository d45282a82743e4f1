import Foundation
import Glibc
import KafkaClient
import KafkaProtocol
import Results
import Testing

extension EndToEnd {
    /// A topic that somebody deletes, or makes anew, while it is measured: its cell ends with that
    /// reason, and nothing of it comes back.
    @Suite struct TopicLossTests {
        private func start(_ experiment: String, _ broker: TestBroker, in folder: TemporaryFolder) throws
            -> WeirProcess.Running
        {
            let path = try folder.write(
                """
                weir: 1
                name: loss
                target: {bootstrap.servers: "\(broker.address)"}
                measure: {warmup: 0 s, for: 600 s, repeats: 3}
                experiments:
                  one: {\(experiment)}
                """, to: "loss.yaml")
            // Only on a terminal is a repeat told of when it begins.
            return try WeirProcess.start(
                ["run", path], in: folder.path,
                environment: ["TERM": "xterm", "XDG_STATE_HOME": folder.path], columns: 300)
        }

        private func repeats(_ folder: TemporaryFolder) throws -> CellResult {
            try RunResult(path: try #require(folder.resultFiles.first)).experiments[0].cells[0]
        }

        @Test(arguments: [
            "produce: {value: {size: 10 B}, load: {concurrency: 4}, producer: {linger.ms: 0}}",
            "produce: {value: {size: 10 B}, load: unlimited}",
            "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {producer: 1 record}}",
            "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {client: 1 record}}",
            "consume: {}, topic: {preload: {records: 100 records, value: {size: 10 B}}}",
            "produce: {value: {size: 10 B}, load: {rate: 1000/s}}, consume: {}",
            "start: {consumer: {auto.offset.reset: latest}}, measure: {starts: 100000, repeats: 3}",
            "start: {}, topic: {preload: {records: 100 records, value: {size: 10 B}}}, measure: {starts: 100000, repeats: 3}",
        ])
        func aDeletedTopicEndsItsCellAtOnce(experiment: String) async throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let running = try start(experiment, broker, in: folder)
            #expect(running.waitForErrors("[1/3] one"))
            let topic = try #require(broker.waitForTopic())
            let beginNs = DispatchTime.now().uptimeNanoseconds
            try await broker.withAdmin { try await $0.deleteTopics([topic]) }
            let process = running.wait()
            // Each time-out that was waited out before is longer than this.
            #expect(DispatchTime.now().uptimeNanoseconds - beginNs < 20_000_000_000)
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("topic \(topic) was deleted while it was measured"), "\(process.errors)")
            #expect(!process.errors.contains("left behind") && !process.errors.contains("does not answer"))
            #expect(process.output.contains("ended early: one, after 1 of 3 repeats: topic gone"), "\(process.output)")
            let cell = try repeats(folder)
            #expect(cell.repeats.map { $0.invalidReasons.first?.code } == [.topicGone])
            #expect(cell.endedEarly?.code == .topicGone)
            #expect(try await broker.withAdmin { try await $0.describe(topic: topic) } == nil)
        }

        @Test func aTopicMadeAnewBetweenRepeatsEndsItsCellAndIsLeftAlone() async throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let produce = "produce: {value: {size: 10 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}"
            let running = try start(
                "\(produce), measure: {for: 100 ms, pause: 5 s}", broker, in: folder)
            // The line of a repeat that is done.
            #expect(running.waitForErrors("records/s over"))
            let topic = try #require(broker.waitForTopic())
            let anew = try await broker.withAdmin { admin in
                try await admin.deleteTopics([topic])
                try await admin.createTopics([NewTopic(name: topic, partitionCount: 1)])
                return try await admin.describe(topic: topic)
            }
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("topic \(topic) was deleted and made anew"), "\(process.errors)")
            #expect(process.errors.contains("was left behind: somebody else has made one of that name since"))
            // The command that removes what a run left would remove it by its name.
            #expect(!process.errors.contains("to remove it: weir clean"), "\(process.errors)")
            let run = try #require(topic.firstMatch(of: #/[0-9]{8}T[0-9]{6}-[a-z]{4}/#)?.output)
            let cleaned = try WeirProcess.run(
                ["clean", "--bootstrap-servers", broker.address, "--run", String(run)], in: folder.path,
                environment: ["XDG_STATE_HOME": folder.path])
            #expect(cleaned.exitCode == 0 && cleaned.errors.contains("nothing of it is there"), "\(cleaned)")
            let cell = try repeats(folder)
            #expect(cell.repeats.count == 1 && cell.repeats[0].isValid && cell.verdict == .invalid)
            #expect(cell.endedEarly?.code == .topicGone)
            #expect(try await broker.withAdmin { try await $0.describe(topic: topic) } == anew)
        }

        @Test func withoutIdsAnEndThatWentBackEndsItsCell() async throws {
            let folder = try TemporaryFolder()
            let proxy = try SickProxy()
            proxy.hideTopicIds()
            let broker = try TestBroker(in: folder, behind: proxy)
            let running = try start(
                "consume: {}, topic: {preload: {records: 100 records, value: {size: 10 B}}}", broker, in: folder)
            #expect(running.waitForErrors("[1/3] one"))
            let topic = try #require(broker.waitForTopic())
            try await broker.withAdmin { admin in
                #expect(try await admin.describe(topic: topic)?.id == .zero)
                try await admin.deleteTopics([topic])
                try await admin.createTopics([NewTopic(name: topic, partitionCount: 1)])
            }
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("\(topic)-0 ends at offset 0, where it ended at 100 before"))
            #expect(process.errors.contains("was left behind: it may be somebody else's"), "\(process.errors)")
            let cell = try repeats(folder)
            #expect(cell.repeats.count == 1 && cell.endedEarly?.code == .topicGone)
            #expect(try await broker.withAdmin { try await $0.describe(topic: topic) } != nil)
        }

        @Test func deletedWhileItIsFilledItEndsItsCell() async throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let running = try start(
                "consume: {}, topic: {preload: {records: 5000000 records, value: {size: 100 B}}}", broker, in: folder)
            let topic = try #require(broker.waitForTopic())
            try await broker.withAdmin { try await $0.deleteTopics([topic]) }
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("one ends here, and 3 repeats are not made: topic gone: "))
            #expect(!process.errors.contains("left behind"), "\(process.errors)")
            let cell = try repeats(folder)
            #expect(cell.repeats.isEmpty && cell.endedEarly?.code == .topicGone && cell.verdict == .invalid)
        }

        @Test func theOtherCellsGoOn() async throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let path = try folder.write(
                """
                weir: 1
                name: loss
                target: {bootstrap.servers: "\(broker.address)"}
                experiments:
                  one: {produce: {value: {size: 10 B}, load: {concurrency: 1}}, measure: {warmup: 0 s, for: 600 s, repeats: 2}}
                  two: {produce: {value: {size: 10 B}, load: {concurrency: 1}}, measure: {warmup: 0 s, for: 100 ms, repeats: 2}}
                """, to: "loss.yaml")
            let running = try WeirProcess.start(
                ["run", path], in: folder.path, environment: ["TERM": "xterm"], columns: 300)
            #expect(running.waitForErrors("[1/4] one"))
            let topic = try #require(broker.waitForTopic())
            try await broker.withAdmin { try await $0.deleteTopics([topic]) }
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("[2/3] two"), "\(process.errors)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.experiments.map { $0.cells[0].verdict } == [.invalid, .valid], "\(process.output)")
        }
    }
}
