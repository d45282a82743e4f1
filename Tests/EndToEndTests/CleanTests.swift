import Foundation
import Glibc
import KafkaClient
import Testing

extension EndToEnd {
    /// What is left on a cluster when a run ends in no order, and `weir clean`.
    @Suite struct CleanTests {
        @Test func whatASecondCtrlCLeavesIsNamedAndRemovedByItsCommand() throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let path = try folder.write(
                """
                weir: 1
                name: left
                topic: {name: perf-*, preload: {records: 20 records, value: {size: 10 B}}}
                measure: {starts: 20, repeats: 1000}
                experiments:
                  e: {start: {committed: {behind: 5 records}}}
                """, to: "left.yaml")
            let running = try WeirProcess.start(["run", path, "--bootstrap-servers", broker.address], in: folder.path)
            #expect(running.waitForErrors("[2/1000]"))
            // Nothing can be deleted on a broker that does not answer.
            broker.signal(SIGSTOP)
            running.signal(SIGINT)
            #expect(running.waitForErrors("interrupted"))
            running.signal(SIGINT)
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            broker.signal(SIGCONT)
            let run = try #require(process.errors.firstMatch(of: #/run ([0-9]{8}T[0-9]{6}-[a-z]{4}) on /#)?.1)
            #expect(process.errors.contains("left on \(broker.address): topics perf-weir-\(run)-e-0\n"))
            #expect(process.errors.contains("left on \(broker.address): groups perf-weir-\(run)-e-0-1"))
            let command = "weir clean --bootstrap-servers \(broker.address) --run \(run)"
            #expect(process.errors.contains("to remove it: \(command)\n"))
            let listed = try clean(broker, [], in: folder)
            #expect(listed.exitCode == 0 && listed.output.contains("\(run)"), "\(listed)")
            let cleaned = try clean(broker, ["--run", String(run)], in: folder)
            #expect(cleaned.exitCode == 0, "\(cleaned)")
            #expect(cleaned.output.contains("deleted: topic perf-weir-\(run)-e-0\n"))
            #expect(cleaned.output.contains("deleted: group perf-weir-\(run)-e-0-1\n"))
            #expect(try clean(broker, [], in: folder).output.contains("no run has left topics or groups"))
        }

        private func clean(
            _ broker: TestBroker, _ more: [String], in folder: TemporaryFolder
        ) throws -> WeirProcess {
            try WeirProcess.run(
                ["clean", "--bootstrap-servers", broker.address] + more, in: folder.path,
                environment: ["XDG_STATE_HOME": folder.path])
        }

        /// A scenario of starts that move a group which is not there.
        private func moving(_ broker: TestBroker, in folder: TemporaryFolder) async throws -> String {
            try await broker.withAdmin { try await $0.createTopics([NewTopic(name: "invoices", partitionCount: 1)]) }
            return try folder.write(
                """
                weir: 1
                name: moving
                target: {bootstrap.servers: "\(broker.address)", default.api.timeout.ms: 1500, request.timeout.ms: 1000}
                topic: {existing: invoices}
                measure: {starts: 2, repeats: 3}
                experiments:
                  e: {start: {until: ready, committed: {at: 0}, group: {existing: billing, commits: yes}}}
                """, to: "moving.yaml")
        }

        /// What cannot be put back once is not moved again; OffsetDelete, which the broker does not
        /// take, is API 47.
        @Test func aGroupThatIsNotPutBackEndsItsCell() async throws {
            let folder = try TemporaryFolder()
            let proxy = try SickProxy()
            let broker = try TestBroker(in: folder, behind: proxy)
            let path = try await moving(broker, in: folder)
            proxy.turn(.hangsUp, for: 47)
            let process = try WeirProcess.run(
                ["run", path], in: folder.path, environment: ["XDG_STATE_HOME": folder.path])
            #expect(process.exitCode == 1)
            #expect(
                process.output.contains("after 1 of 3 repeats: not put back: the commits of group 'billing'"),
                "\(process)")
            let run = try #require(process.errors.firstMatch(of: #/--run ([0-9]{8}T[0-9]{6}-[a-z]{4})/#)?.1)
            proxy.turn(.well)
            let cleaned = try clean(broker, ["--run", String(run)], in: folder)
            #expect(
                cleaned.exitCode == 0 && cleaned.output.contains("put back: commits of group 'billing'"), "\(cleaned)")
        }

        @Test func aFolderForStateThatCannotBeWrittenIsSaid() async throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let path = try await moving(broker, in: folder)
            let process = try WeirProcess.run(
                ["run", path], in: folder.path, environment: ["XDG_STATE_HOME": "/proc/x"])
            #expect(process.exitCode == 1)
            #expect(process.errors.contains("/proc/x/weir/commits"), "\(process.errors)")
            #expect(process.errors.contains("or let XDG_STATE_HOME name another folder"), "\(process.errors)")
            #expect(!process.errors.contains("--out"), "\(process.errors)")
        }

        @Test(arguments: [
            ([], "--bootstrap-servers HOST:PORT,... is missing"),
            (["--bootstrap-servers", "127.0.0.1:1", "--run", "invoices"], "'invoices' is no run's id"),
        ])
        func whatCleanIsNotToldIsSaid(words: [String], message: String) throws {
            let folder = try TemporaryFolder()
            let process = try WeirProcess.run(["clean"] + words, in: folder.path)
            #expect(process.exitCode == 2 && process.errors.contains(message), "\(process)")
        }

        /// The file of properties names a broker that is not there.
        @Test func theCommandLinesServersAreMeasured() throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let config = try folder.write(
                "bootstrap.servers=127.0.0.1:1\nrequest.timeout.ms=7000\n", to: "c.properties")
            let path = try folder.write(
                """
                weir: 1
                name: q
                target: {bootstrap.servers: "127.0.0.1:9", request.timeout.ms: 4000}
                measure: {warmup: 0 s, for: 100 ms, repeats: 1}
                experiments:
                  p: {produce: {value: {size: 100 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}}
                """, to: "q.yaml")
            let process = try WeirProcess.run(
                ["run", path, "--bootstrap-servers", broker.address, "--command-config", config], in: folder.path)
            #expect(process.exitCode == 0, "\(process.errors)")
            #expect(process.output.contains(broker.address))
            #expect(
                process.errors.contains(
                    "c.properties: bootstrap.servers is not used, as --bootstrap-servers on the command line goes before it"
                ))
            #expect(process.errors.contains("c.properties goes before the scenario's target: request.timeout.ms"))
            #expect(process.errors.contains("bootstrap.servers of the target is not used"))
        }
    }
}
