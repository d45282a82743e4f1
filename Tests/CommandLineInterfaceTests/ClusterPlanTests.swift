import LoadEngine
import Scenario
import Testing

@testable import CommandLineInterface

/// What a run says it will do on a cluster.
@Suite struct ClusterPlanTests {
    private let run = RunId("20261130T152300-kqzv")

    private func lines(_ text: String, servers: String? = "a:9092") throws -> [String] {
        try ClusterPlan(
            scenario: Scenario.load(text: "weir: 1\nname: n\n" + text, bootstrapServers: servers), run: run
        ).lines()
    }

    @Test func whatItMakesIsSaid() throws {
        let text = """
            topic: {name: perf-*, partitions: 4, preload: {records: 20000 records, value: {size: 100 B}}}
            measure: {starts: 5}
            experiments:
              start:
                start: {until: first record, consumer: {auto.offset.reset: latest}}
                cases: {latest: {}, committed: {start: {committed: {behind: 10 records}}}}
            """
        #expect(
            try lines(text) == [
                "run 20261130T152300-kqzv on a:9092",
                "  creates  2 topics with 8 partitions, named perf-weir-20261130T152300-kqzv-…",
                "  writes   40,000 records to them before measuring (3.81 MiB of values)",
                "  writes   a record to each of their partitions for each start at its end",
                "  commits  for groups of its own, named perf-weir-20261130T152300-kqzv-…",
                "  deletes  at its end those topics and those groups, and nothing else",
                "  should it be killed: weir clean --bootstrap-servers a:9092 --run 20261130T152300-kqzv",
            ])
    }

    @Test func whatIsSomebodysIsNamed() throws {
        let text = """
            topic: {existing: orders}
            experiments:
              read: {start: {group: {existing: billing}}, measure: {starts: 5}}
              moved: {start: {group: {existing: billing-2, commits: yes}, committed: {at: 5}}, measure: {starts: 5}}
            """
        #expect(
            try lines(text) == [
                "run 20261130T152300-kqzv on a:9092", "  creates  no topic",
                "  writes   nothing to 'orders', which is not this run's",
                "  reads    the commits of group 'billing', which stay as they are",
                "  commits  for group 'billing-2', which is not this run's: its commits are saved first and put back at the end",
                "  deletes  nothing",
                "  should it be killed: weir clean --bootstrap-servers a:9092 --run 20261130T152300-kqzv",
            ])
    }

    @Test func whatIsProducedIsBoundedWhereItCanBe() throws {
        let text = """
            measure: {warmup: 1 s, for: 9 s, repeats: 2}
            topic: {existing: orders, writes: yes}
            experiments:
              open: {produce: {value: {size: 1 KiB}, load: {rate: 2000/s}}}
              closed: {produce: {value: {size: 1 KiB}, load: {concurrency: 1}, producer: {linger.ms: 0}}}
            """
        #expect(
            try lines(text).filter { $0.hasPrefix("  writes") } == [
                "  writes   up to 40,000 records to 'orders', where it stays (39.1 MiB of values)",
                "  writes   what 20 s of producing without a rate bring, to 'orders', where it stays",
            ])
    }

    @Test func theEmbeddedBrokerIsNobodysCluster() throws {
        let text = "experiments: {e: {start: {until: ready}}}"
        #expect(try lines(text, servers: nil) == ["  run 20261130T152300-kqzv"])
    }

    @Test func theCommandLineGoesBeforeTheFileAndTheFileBeforeTheScenario() throws {
        let text = """
            weir: 1
            name: n
            target: {bootstrap.servers: "c:1", request.timeout.ms: 4000, default.api.timeout.ms: 5000}
            experiments: {e: {start: {until: ready}}}
            """
        let scenario = try Scenario.load(text: text, bootstrapServers: "a:1")
        func said(_ properties: [String: String]) -> [String] {
            CommandConfig.precedence(of: properties, in: "f", over: scenario, servers: "a:1")
        }
        #expect(
            said(["bootstrap.servers": "b:1", "request.timeout.ms": "7000"]) == [
                "f: bootstrap.servers is not used, as --bootstrap-servers on the command line goes before it",
                "f goes before the scenario's target: request.timeout.ms",
            ])
        #expect(
            said(["bootstrap.servers": "a:1", "request.timeout.ms": "4000", "security.protocol": "PLAINTEXT"]) == [])
    }
}
