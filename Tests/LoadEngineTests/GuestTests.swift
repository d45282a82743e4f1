import KafkaClient
import Networking
import Results
import Scenario
import Synchronization
import Testing

@testable import LoadEngine

/// A run on a cluster that is somebody's: what is not its own stays as it was.
@Suite(.timeLimit(.minutes(5))) struct GuestTests {
    /// Runs a scenario on a broker.
    private func run(
        _ text: String, on client: Client, options: EngineOptions = .testing,
        onResult: @escaping @Sendable (RunResult) -> Void = { _ in }
    ) async throws -> RunResult {
        let scenario = try Scenario.load(text: text, bootstrapServers: client.address)
        return try await Engine(
            scenario: scenario, options: options, interruption: Interruption(), onEvent: { _ in }, onResult: onResult
        ).run()
    }

    /// A topic of somebody's, with ten records on each of two partitions.
    private func makeTopic(_ name: String, _ client: Client, _ loop: EventLoop) async throws -> [TopicPartition] {
        try await client.connect(topics: [])
        let admin = Admin(client: client)
        try await admin.createTopics([NewTopic(name: name, partitionCount: 2)])
        try await admin.waitForLeaders(of: [name])
        let partitions = [0, 1].map { TopicPartition(topic: name, partition: $0) }
        try await Task(executorPreference: loop) {
            let producer = Producer(client: client)
            for number in 0..<20 {
                _ = try await producer.send(
                    ProducerRecord(topic: name, partition: Int32(number % 2), value: [UInt8(number)]))
            }
            _ = await producer.close()
        }.value
        return partitions
    }

    private func starts(_ body: String, topic: String = "{existing: invoices}", cases: String = "") -> String {
        """
        weir: 1
        name: guest
        topic: \(topic)
        measure: {starts: 3, repeats: 2}
        experiments:
          e:
            start: {\(body)}
        \(cases)
        """
    }

    @Test func aGroupThatIsNamedAsWeirOnceNamedItsOwnIsNotMoved() async throws {
        try await withBroker { client, loop in
            let partitions = try await makeTopic("invoices", client, loop)
            let admin = Admin(client: client)
            for group in ["invoices-1", "invoices-2", "invoices"] {
                try await admin.commit(group: group, offsets: [partitions[0]: 7, partitions[1]: 7])
            }
            let result = try await run(starts("committed: {behind: 4 records}"), on: client)
            #expect(result.verdict == .valid, "\(result.experiments[0].cells[0].repeats)")
            let observed = result.experiments[0].cells[0].repeats.compactMap(\.starts).flatMap(\.partitions)
            #expect(observed.allSatisfy { $0.observed == [6, 6, 6] })
            for group in ["invoices-1", "invoices-2", "invoices"] {
                #expect(
                    try await admin.committed(group: group, partitions: partitions)
                        == [partitions[0]: 7, partitions[1]: 7])
            }
        }
    }

    @Test func startsGoOnFromTheCommitsOfAGroupThatIsOnlyRead() async throws {
        try await withBroker { client, loop in
            let partitions = try await makeTopic("invoices", client, loop)
            let admin = Admin(client: client)
            try await admin.commit(group: "billing", offsets: [partitions[0]: 3, partitions[1]: 8])
            let result = try await run(starts("until: caught up, group: {existing: billing}"), on: client)
            #expect(result.verdict == .valid)
            for starts in result.experiments[0].cells[0].repeats.compactMap(\.starts) {
                #expect(starts.partitions.map(\.observed) == [[3, 3, 3], [8, 8, 8]])
                #expect(starts.partitions.allSatisfy { $0.rule == "the commit" })
            }
            #expect(
                try await admin.committed(group: "billing", partitions: partitions)
                    == [partitions[0]: 3, partitions[1]: 8])
        }
    }

    /// Its owner commits on and on; where that falls between the look before a start and the
    /// start's own, both are right.
    @Test func aGroupThatItsOwnerMovesMeanwhileIsNotCalledWrong() async throws {
        try await withBroker { client, loop in
            let partition = try await makeTopic("invoices", client, loop)[0]
            let admin = Admin(client: client)
            try await fill(partition, with: 20_000, client, loop)
            try await admin.commit(group: "billing", offsets: [partition: 0])
            let owner = Task {
                for offset in 1...20_000 as ClosedRange<Int64> where !Task.isCancelled {
                    try await admin.commit(group: "billing", offsets: [partition: offset])
                }
            }
            let result = try await run(
                starts("until: ready, group: {existing: billing}, consumer: {auto.offset.reset: earliest}"), on: client)
            owner.cancel()
            _ = try? await owner.value
            let repeats = result.experiments[0].cells[0].repeats
            #expect(result.verdict == .valid, "\(repeats.flatMap(\.invalidReasons))")
            let made = repeats.compactMap(\.starts).map { $0.partitions[0] }
            #expect(made.allSatisfy { $0.rule == "the commit" })
        }
    }

    private func fill(
        _ place: TopicPartition, with count: Int, _ client: Client, _ loop: EventLoop
    ) async throws {
        try await Task(executorPreference: loop) {
            let producer = Producer(client: client)
            let partition = try await producer.partitions(of: place.topic)[Int(place.partition)]
            let values = [UInt8](repeating: 0, count: count)
            let taken = try producer.enqueue(
                partition, values: values.span.bytes, valueByteCount: 1, count: count, timestampMs: 5)
            #expect(taken == count)
            await producer.flush()
            _ = await producer.close()
        }.value
    }

    /// A commit beyond the end is out of range, and `latest` would wait at the end for ever.
    @Test func aCommitOutOfRangeUnderLatestFailsTheStartAndWritesNothing() async throws {
        try await withBroker { client, loop in
            let partitions = try await makeTopic("invoices", client, loop)
            let admin = Admin(client: client)
            let result = try await run(
                starts("committed: {at: 50}, consumer: {auto.offset.reset: latest}"), on: client)
            #expect(result.verdict == .invalid)
            let reason = try #require(result.experiments[0].cells[0].repeats.first?.invalidReasons.first)
            #expect(reason.detail.contains("nothing is left to read on any partition of invoices"))
            #expect(reason.detail.contains("writes: yes") && reason.detail.contains("until: ready"))
            #expect(try await admin.listOffsets(partitions, at: .latest).values.sorted() == [10, 10])
        }
    }

    @Test(arguments: ["group: new", "group: none", "committed: {at: 3}, reset: on start", "committed: {at: 50}"])
    func aStartUntilReadyNeedsNoRecord(start: String) async throws {
        try await withBroker { client, loop in
            let partitions = try await makeTopic("invoices", client, loop)
            let latest = "until: ready, \(start), consumer: {auto.offset.reset: latest}"
            let result = try await run(starts(latest), on: client)
            #expect(result.verdict == .valid, "\(result.experiments[0].cells[0].repeats.flatMap(\.invalidReasons))")
            for starts in result.experiments[0].cells[0].repeats.compactMap(\.starts) {
                #expect(starts.partitions.map(\.observed) == [[10, 10, 10], [10, 10, 10]])
            }
            #expect(try await Admin(client: client).listOffsets(partitions, at: .latest).values.sorted() == [10, 10])
            // No record comes to a topic of the run's own either, so each of its starts finds the
            // same end.
            let own = "{partitions: 2, preload: {records: 20 records, value: {size: 1 B}}}"
            let ofOwn = try await run(starts(latest, topic: own), on: client)
            #expect(ofOwn.verdict == .valid)
            for starts in ofOwn.experiments[0].cells[0].repeats.compactMap(\.starts) {
                #expect(starts.partitions.map(\.observed) == [[10, 10, 10], [10, 10, 10]])
            }
        }
    }

    @Test func whereWritesAreAllowedEachStartAtTheEndGetsARecord() async throws {
        try await withBroker { client, loop in
            let partitions = try await makeTopic("invoices", client, loop)
            let result = try await run(
                starts("consumer: {auto.offset.reset: latest}", topic: "{existing: invoices, writes: yes}"), on: client)
            #expect(result.verdict == .valid)
            // Two repeats of three starts, and what is discarded before each: as many before the
            // first, one before the other.
            #expect(try await Admin(client: client).listOffsets(partitions, at: .latest).values.sorted() == [20, 20])
        }
    }

    /// The run's own groups go when it ends, those of repeats that failed too.
    @Test(arguments: [
        "", ", consumer: {fetch.min.bytes: 1000000, fetch.max.wait.ms: 20000, default.api.timeout.ms: 300}",
    ])
    func topicsAndGroupsAreAsBefore(options: String) async throws {
        try await withBroker { client, loop in
            let partitions = try await makeTopic("invoices", client, loop)
            let admin = Admin(client: client)
            try await admin.commit(group: "billing", offsets: [partitions[0]: 3])
            // Where starts fail, one case: two cells that fail so would end the run.
            let cases =
                !options.isEmpty
                ? ""
                : """
                    cases:
                      theirs: {}
                      own: {topic: {name: perf-*, preload: {records: 20 records, value: {size: 1 B}}}}
                      named: {start: {group: {name: acl.*}}}
                """
            let engine = EngineOptions.testing
            let result = try await run(
                starts("committed: {behind: 1 record}\(options)", cases: cases), on: client, options: engine)
            #expect(result.verdict == (options.isEmpty ? .valid : .invalid))
            #expect(try await admin.listTopics().keys.sorted() == ["invoices"])
            #expect(try await admin.listGroups().map(\.name) == ["billing"])
            #expect(engine.belongings.lines(run: engine.runId, commandConfig: nil) == [])
        }
    }

    /// What somebody else deletes meanwhile needs no deleting; the prefix of groups is what the
    /// scenario says.
    @Test(arguments: [
        ("{name: perf-*, preload: {records: 20 records, value: {size: 1 B}}}", "group: new", "perf-"),
        ("{preload: {records: 20 records, value: {size: 1 B}}}", "group: {name: acl.*}", "acl."),
        ("{existing: invoices}", "group: {name: perf-*}", "perf-"), ("{existing: invoices}", "group: new", ""),
    ])
    func groupsHaveTheirPrefixAndTheRunsId(topic: String, group: String, prefix: String) async throws {
        try await withBroker { client, loop in
            _ = try await makeTopic("invoices", client, loop)
            let engine = EngineOptions.testing
            let seen = Mutex<[String]>([])
            let result = try await run(
                starts("\(group), committed: {behind: 1 record}", topic: topic), on: client, options: engine,
                onResult: { _ in seen.withLock { $0 += engine.belongings.names(.group, on: client.address) } })
            #expect(result.verdict == .valid)
            #expect(result.runId == engine.runId.description)
            #expect(seen.withLock { Set($0) } == Set([1, 2].map { "\(prefix)weir-\(engine.runId)-e-0-\($0)" }))
        }
    }
}

extension EngineOptions {
    /// Options of a run that starts no process.
    static var testing: EngineOptions {
        var options = EngineOptions(executable: "none", version: ("0", "test"))
        options.generation = .inProcess
        return options
    }
}

extension Client {
    /// Where its cluster is.
    nonisolated fileprivate var address: String {
        configuration.bootstrapServers.map(\.description).joined(separator: ",")
    }
}
