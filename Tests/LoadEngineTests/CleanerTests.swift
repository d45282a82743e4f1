import Foundation
import KafkaClient
import KafkaProtocol
import Networking
import Results
import Synchronization
import Testing

@testable import LoadEngine

/// `weir clean` without its words.
@Suite(.timeLimit(.minutes(5))) struct CleanerTests {
    private static let run = "20200102T030405-abcd"

    /// Makes topics and, for some of them, groups with a commit.
    private func make(_ topics: [String], groups: [String: String] = [:], _ admin: Admin) async throws {
        try await admin.createTopics(topics.map { NewTopic(name: $0, partitionCount: 2) })
        for (group, topic) in groups {
            try await admin.commit(group: group, offsets: [TopicPartition(topic: topic, partition: 0): 0])
        }
    }

    private func remove(_ cleaner: Cleaner, _ run: String, lookMs: Int = 0) async throws -> (Bool, [String]) {
        let told = Mutex<[String]>([])
        let isClean = try await cleaner.remove(
            try await cleaner.trace(of: try #require(RunId(run))), lookMs: lookMs
        ) { outcome in
            told.withLock { $0.append("\(outcome.what)\(outcome.reason.map { ": \($0)" } ?? "")") }
        }
        return (isClean, told.withLock { $0 })
    }

    @Test func onlyWhatIsNamedExactlyAsARunsIsListedAndRemoved() async throws {
        try await withBroker { client, loop in
            try await client.connect(topics: [])
            let admin = Admin(client: client)
            let others = ["orders", "weir-\(Self.run)", "weir-\(Self.run)-e-0-dlq", "weir-20200102T030405-abce-e-0"]
            let own = ["perf-weir-\(Self.run)-e-0", "weir-\(Self.run)-e-1"]
            try await make(
                others + own, groups: ["weir-\(Self.run)-e-1-3": own[1], "weir-\(Self.run)": "orders", "g": "orders"],
                admin)
            try await client.send(7, to: own[1], on: loop)
            let cleaner = Cleaner(client: client)
            let traces = try await cleaner.traces()
            #expect(traces.map(\.run.description).sorted() == ["20200102T030405-abcd", "20200102T030405-abce"])
            let trace = try #require(traces.first { $0.run.description == Self.run })
            #expect(trace.topics == [.init(name: own[0], recordCount: 0), .init(name: own[1], recordCount: 7)])
            #expect(trace.recordCount == 7)
            #expect(trace.groups == [.init(name: "weir-\(Self.run)-e-1-3", occupiedState: nil)])
            let (isClean, told) = try await remove(cleaner, Self.run)
            #expect(isClean)
            #expect(
                told == ["group weir-\(Self.run)-e-1-3", "topic \(own[0])", "topic \(own[1])"])
            #expect(try await admin.listTopics().keys.sorted() == others.sorted())
            #expect(try await admin.listGroups().map(\.name) == ["g", "weir-\(Self.run)"])
        }
    }

    @Test func aTopicThatSomebodyWritesToStays() async throws {
        try await withBroker { client, loop in
            try await client.connect(topics: [])
            let admin = Admin(client: client)
            let topics = ["weir-\(Self.run)-e-0", "weir-\(Self.run)-e-1"]
            try await make(topics, admin)
            let producer = Producer(client: client)
            let writer = Task(executorPreference: loop) {
                while !Task.isCancelled {
                    _ = try await producer.send(ProducerRecord(topic: topics[0], partition: 0, value: [1]))
                }
            }
            let (isClean, told) = try await remove(Cleaner(client: client), Self.run, lookMs: 1_000)
            writer.cancel()
            _ = await writer.result
            _ = await producer.close()
            #expect(!isClean)
            #expect(
                told == ["topic \(topics[0]): somebody writes to it: its end moved within 1 s", "topic \(topics[1])"])
            #expect(try await admin.listTopics().keys.sorted() == [topics[0]])
        }
    }

    /// Where topics have ids, one of the same name is known for another.
    @Test func aTopicThatIsMadeAnewDuringTheLookIsSomebodyElses() {
        let (one, two) = (KafkaUUID(high: 1, low: 1), KafkaUUID(high: 1, low: 2))
        let place = TopicPartition(topic: "t", partition: 0)
        func change(_ before: (KafkaUUID, Int64?), _ after: (KafkaUUID, Int64?)) -> String? {
            func look(_ look: (KafkaUUID, Int64?)) -> TopicLook {
                TopicLook(id: look.0, ends: look.1.map { [place: $0] })
            }
            return look(after).change(since: look(before), lookMs: 10_000)
        }
        #expect(change((one, 7), (one, 7)) == nil)
        #expect(change((one, 7), (two, 7)) == "somebody else's: it was deleted and made anew within 10 s")
        #expect(change((one, 7), (one, 8)) == "somebody writes to it: its end moved within 10 s")
        #expect(change((.zero, 7), (.zero, 7)) == nil)
        #expect(change((.zero, nil), (.zero, nil)) == nil)
    }

    /// A run that saw its topic made anew has noted it.
    @Test func aTopicThatTheRunLeftToOthersStays() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-clean-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = ["XDG_STATE_HOME": folder.path]
        try await withBroker { client, loop in
            try await client.connect(topics: [])
            let admin = Admin(client: client)
            let topics = ["weir-\(Self.run)-e-0", "weir-\(Self.run)-e-1"]
            try await make(topics, admin)
            try CommitsFile(run: try #require(RunId(Self.run)), environment: environment)
                .leave(topic: topics[0], clusterId: try await admin.clusterId())
            let cleaner = Cleaner(client: client, environment: environment)
            #expect(try await cleaner.traces().map { $0.topics.map(\.name) } == [[topics[1]]])
            let (isClean, told) = try await remove(cleaner, Self.run)
            #expect(isClean && told == ["topic \(topics[1])"])
            #expect(try await admin.listTopics().keys.sorted() == [topics[0]])
        }
    }

    @Test func aRunThatLeftNothingIsClean() async throws {
        try await withBroker { client, loop in
            try await client.connect(topics: [])
            let (isClean, told) = try await remove(Cleaner(client: client), Self.run)
            #expect(isClean && told.isEmpty)
            #expect(try await Cleaner(client: client).traces().isEmpty)
        }
    }
}
