import Foundation
import Results
import Testing

/// `weir run` against an Apache Kafka: the very files that ship, made small by options alone, and
/// the rule table of consumer starts.
@Suite(.serialized, .needsKafka, .withKafkaServer, .timeLimit(.minutes(10)))
struct RealKafkaRunTests {
    private func run(_ scenario: String, _ more: [String]) async throws -> (ChildProcess.Output, RunResult) {
        let server = try #require(KafkaServer.current)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let out = folder.path + "/result.json"
        let output = try await ChildProcess(
            executable: Build.weir,
            arguments: ["run", scenario, "--bootstrap-servers", server.bootstrap, "--out", out] + more
        ).output(deadlineS: 90)
        #expect(output.status == 0, "\(output.standardError.suffix(4000))")
        return (output, try RunResult(path: out))
    }

    private func shipped(_ name: String) -> String { "\(Build.package)/Scenarios/\(name).yaml" }

    /// What every valid run against a cluster has in common.
    private func expectValid(_ result: RunResult, cells: Int, repeats: Int) throws {
        let server = try #require(KafkaServer.current)
        #expect(result.verdict == .valid)
        #expect(result.brokers.map(\.kind) == [.cluster] && result.brokers.map(\.address) == [server.bootstrap])
        let measured = result.experiments.flatMap(\.cells)
        #expect(measured.count == cells)
        for cell in measured {
            #expect(cell.repeats.count == repeats)
            #expect(cell.repeats.flatMap(\.invalidReasons) == [])
            #expect(cell.repeats.allSatisfy { $0.isValid })
        }
    }

    /// No topic stays, and no group.
    private func expectNothingLeft() async throws {
        let server = try #require(KafkaServer.current)
        let topics = try await server.tool("kafka-topics.sh", "--list", "--exclude-internal")
        #expect(topics == [])
        #expect(try await server.tool("kafka-consumer-groups.sh", "--list") == [])
    }

    @Test func producersAreReusedAndReCreated() async throws {
        let (output, result) = try await run(
            shipped("producer-reuse"), ["--set", "for=500 ms", "--set", "warmup=300 ms", "--set", "repeats=2"])
        try expectValid(result, cells: 10, repeats: 2)
        for cell in result.experiments[0].cells {
            let codec = try #require(cell.axes.first { $0.name == "compression.type" }?.value)
            let recreate = try #require(cell.axes.first { $0.name == "recreate" }?.value)
            for once in cell.repeats {
                let books = try #require(once.reconciliation)
                #expect(books.acknowledged > 0 && books.failed == 0 && books.unknownOutcomes == 0)
                #expect(books.endOffsetDelta == books.acknowledged && books.readBack == books.acknowledged)
                #expect(books.codecExpected == codec && books.codecsStored.keys.sorted() == [codec])
                #expect((once.traffic.connectionsOpened > 0) == recreate.hasPrefix("client"))
            }
        }
        #expect(output.standardOutput.contains("valid: 20 repeats of 10 cells"))
        try await expectNothingLeft()
    }

    @Test func everyCodecIsStoredAndRead() async throws {
        let (_, result) = try await run(
            shipped("throughput"),
            [
                "--set", "warmup=500 ms", "--set", "for=500 ms", "--set", "repeats=1", "--set",
                "preload/records=20000 records",
            ])
        try expectValid(result, cells: 20, repeats: 1)
        for cell in result.experiments.flatMap(\.cells) {
            let codec = try #require(cell.axes.first { $0.name == "compression.type" }?.value)
            let once = cell.repeats[0]
            #expect(once.reconciliation?.codecExpected == codec)
            #expect(once.reconciliation?.codecsStored.keys.sorted() == [codec])
            #expect(once.counts.acknowledged + once.counts.consumed > 0)
        }
        try await expectNothingLeft()
    }

    /// The topic's own `compression.type` decides what its log has, whether it comes from the
    /// scenario, an existing topic or the cluster's default.
    @Test func theTopicsOwnCodecIsTheOneExpected() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let scenario = folder.path + "/codec.yaml"
        try Self.codecs.write(toFile: scenario, atomically: true, encoding: .utf8)
        let (_, result) = try await run(scenario, [])
        try expectValid(result, cells: 5, repeats: 1)
        for cell in result.experiments.flatMap(\.cells) {
            let books = try #require(cell.repeats[0].reconciliation)
            #expect(books.codecExpected == "zstd" && books.codecsStored.keys.sorted() == ["zstd"], "\(cell.axes)")
        }
        let server = try #require(KafkaServer.current)
        _ = try await server.tool(
            "kafka-topics.sh", "--create", "--topic", "gzipped", "--config", "compression.type=gzip")
        let existing = Self.existing.replacing("mine", with: "gzipped")
        try existing.write(toFile: scenario, atomically: true, encoding: .utf8)
        let (_, onExisting) = try await run(scenario, [])
        for once in onExisting.experiments[0].cells[0].repeats {
            #expect(
                once.reconciliation?.codecExpected == "gzip"
                    && once.reconciliation?.codecsStored.keys.sorted() == ["gzip"])
        }
        _ = try await server.tool("kafka-topics.sh", "--delete", "--topic", "gzipped")
        // The cluster's default for topics without a setting.
        let defaults = ["--alter", "--entity-type", "brokers", "--entity-default"]
        _ = try await server.tool("kafka-configs.sh", defaults + ["--add-config", "compression.type=snappy"])
        try Self.plain.write(toFile: scenario, atomically: true, encoding: .utf8)
        let (_, byDefault) = try await run(scenario, [])
        _ = try await server.tool("kafka-configs.sh", defaults + ["--delete-config", "compression.type"])
        let books = try #require(byDefault.experiments[0].cells[0].repeats[0].reconciliation)
        #expect(books.codecExpected == "snappy" && books.codecsStored.keys.sorted() == ["snappy"])
    }

    private static let plain = """
        weir: 1
        name: plain
        measure: {warmup: 0 s, for: 300 ms, repeats: 1}
        experiments:
          produced: {produce: {value: {size: 200 B}, load: {concurrency: 4}, producer: {linger.ms: 0}}}

        """

    private static let codecs = """
        weir: 1
        name: codec
        measure: {warmup: 0 s, for: 300 ms, repeats: 1}
        experiments:
          produced:
            topic: {config: {compression.type: zstd}}
            produce:
              value: {size: 200 B, random: 50 %}
              load: {concurrency: 4}
              producer: {linger.ms: 0, compression.type: {each: [none, lz4, zstd]}}
          left-to-the-producer:
            topic: {config: {compression.type: producer}}
            produce:
              value: {size: 200 B, random: 50 %}
              load: {concurrency: 4}
              producer: {linger.ms: 0, compression.type: zstd}
          consumed:
            topic:
              config: {compression.type: zstd}
              preload: {records: 2000 records, value: {size: 200 B, random: 50 %}, producer: {compression.type: lz4}}
            consume: {}

        """

    @Test func consumersStartWhereTheyMust() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let config = folder.path + "/client.properties"
        try "# how to reach it\nsecurity.protocol=PLAINTEXT\nrequest.timeout.ms=98765432\n"
            .write(toFile: config, atomically: true, encoding: .utf8)
        let (output, result) = try await run(
            shipped("start-latency"),
            [
                "--command-config", config, "--set", "starts=5", "--set", "repeats=2", "--set",
                "preload/records=8000 records",
            ])
        try expectValid(result, cells: 4, repeats: 2)
        #expect(result.brokers[0].commandConfigKeys == ["request.timeout.ms", "security.protocol"])
        let written = String(decoding: try result.json(), as: UTF8.self) + output.standardOutput + output.standardError
        // No figure happens to be so.
        #expect(!written.split { !$0.isNumber }.contains("98765432"))
        let cells = result.experiments[0].cells
        #expect(cells.map { $0.axes[0].value } == ["earliest", "latest", "committed", "reset"])
        for (cell, offset) in zip(cells, [0, nil, 1000, 0] as [Int64?]) {
            for partition in cell.repeats.compactMap(\.starts).flatMap(\.partitions) {
                #expect(partition.observed == partition.demanded && partition.observed.count == 5)
                if let offset {
                    #expect(partition.observed == [Int64?](repeating: offset, count: 5))
                } else {
                    // Each start at the end gets one record of its own, so the next begins one
                    // further.
                    let first = try #require(partition.observed[0])
                    #expect(first > 2000)
                    #expect(partition.observed == [first, first + 1, first + 2, first + 3, first + 4])
                }
            }
        }
        #expect(cells[3].repeats.compactMap(\.starts?.replayedRecords) == [20_000, 20_000])
        try await expectNothingLeft()
    }

    @Test func anExistingTopicIsUsedAndLeftAlone() async throws {
        let server = try #require(KafkaServer.current)
        _ = try await server.tool("kafka-topics.sh", "--create", "--topic", "mine", "--partitions", "2")
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let scenario = folder.path + "/existing.yaml"
        try Self.existing.write(toFile: scenario, atomically: true, encoding: .utf8)
        // Its records stay, so that each repeat finds those of the ones before.
        let (_, result) = try await run(scenario, [])
        try expectValid(result, cells: 1, repeats: 3)
        let stored = result.experiments[0].cells[0].repeats.compactMap(\.reconciliation?.endOffsetDelta).reduce(0, +)
        let ends = try await server.tool("kafka-get-offsets.sh", "--topic", "mine")
        #expect(ends.compactMap { $0.split(separator: ":").last.flatMap { Int64($0) } }.reduce(0, +) == stored)
        _ = try await server.tool("kafka-topics.sh", "--delete", "--topic", "mine")
    }

    private static let existing = """
        weir: 1
        name: existing
        topic: {existing: mine, writes: yes}
        measure: {warmup: 0 s, for: 200 ms, repeats: 3}
        experiments:
          produce: {produce: {value: {size: 10 B}, load: {concurrency: 4}, producer: {linger.ms: 0}}}

        """

    @Test func theRuleTableHolds() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let scenario = folder.path + "/rules.yaml"
        try Self.rules.write(toFile: scenario, atomically: true, encoding: .utf8)
        let (_, result) = try await run(scenario, [])
        // Each partition's log begins at 50 and ends at 300; a start at the end adds a record.
        let expected: [(name: String, offset: Int64, rule: String)] = [
            ("new-earliest", 50, "new group: auto.offset.reset"), ("new-latest", 300, "new group: auto.offset.reset"),
            ("none-earliest", 50, "no group: auto.offset.reset"), ("none-latest", 300, "no group: auto.offset.reset"),
            ("committed-earliest", 270, "the commit"), ("committed-latest", 270, "the commit"),
            ("committed-none", 270, "the commit"), ("reset-earliest", 50, "reset on start: auto.offset.reset"),
            ("reset-latest", 300, "reset on start: auto.offset.reset"),
            ("trimmed-earliest", 50, "commit out of range: auto.offset.reset"),
            ("trimmed-latest", 300, "commit out of range: auto.offset.reset"),
            ("trimmed-reset", 50, "reset on start: auto.offset.reset"),
        ]
        try expectValid(result, cells: expected.count, repeats: 1)
        for (cell, (name, offset, rule)) in zip(result.experiments[0].cells, expected) {
            #expect(cell.axes[0].value == name)
            for partition in try #require(cell.repeats[0].starts).partitions {
                #expect(partition.rule == rule, "\(name)")
                // The starts that are discarded have added their records already.
                let observed = offset == 300 ? [302, 303] : [offset, offset]
                #expect(partition.observed == observed, "\(name)")
            }
        }
        try await expectNothingLeft()
    }

    private static let rules = """
        weir: 1
        name: rules
        topic: {partitions: 2, trim: 50 records, preload: {records: 600 records, value: {size: 20 B}}}
        measure: {starts: 2, repeats: 1}
        experiments:
          rules:
            start: {until: first record}
            cases:
              new-earliest: {start: {consumer: {auto.offset.reset: earliest}}}
              new-latest: {start: {consumer: {auto.offset.reset: latest}}}
              none-earliest: {start: {group: none, consumer: {auto.offset.reset: earliest}}}
              none-latest: {start: {group: none, consumer: {auto.offset.reset: latest}}}
              committed-earliest: {start: {committed: {behind: 30 records}, consumer: {auto.offset.reset: earliest}}}
              committed-latest: {start: {committed: {behind: 30 records}, consumer: {auto.offset.reset: latest}}}
              committed-none: {start: {committed: {behind: 30 records}, consumer: {auto.offset.reset: none}}}
              reset-earliest: {start: {committed: {behind: 30 records}, reset: on start, consumer: {auto.offset.reset: earliest}}}
              reset-latest: {start: {committed: {behind: 30 records}, reset: on start, consumer: {auto.offset.reset: latest}}}
              trimmed-earliest: {start: {committed: {at: 10}, consumer: {auto.offset.reset: earliest}}}
              trimmed-latest: {start: {committed: {at: 10}, consumer: {auto.offset.reset: latest}}}
              trimmed-reset: {start: {committed: {at: 10}, reset: on start, consumer: {auto.offset.reset: earliest}}}

        """
}
