import Foundation
import KafkaClient
import Networking
import Results
import Scenario
import Synchronization
import Testing

@testable import LoadEngine

/// Somebody's group that a run may move.
@Suite(.timeLimit(.minutes(5))) struct GroupGuardTests {
    private static let partitions = [0, 1, 2].map { TopicPartition(topic: "t", partition: $0) }
    private static let theirs = [
        partitions[0]: CommittedOffset(offset: 3, leaderEpoch: 0, metadata: "their note"),
        partitions[2]: CommittedOffset(offset: 0, leaderEpoch: -1, metadata: ""),
    ]

    private struct Failure: Error {}

    /// A topic of three partitions, and a file for commits in a folder of its own.
    private func withTopic(_ body: (Admin, CommitsFile) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-guard-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withBroker { client, loop in
            try await client.connect(topics: [])
            let admin = Admin(client: client)
            try await admin.createTopics([NewTopic(name: "t", partitionCount: 3)])
            try await body(admin, CommitsFile(run: RunId(), environment: ["XDG_STATE_HOME": folder.path]))
        }
    }

    private func open(_ group: String, _ file: CommitsFile, _ admin: Admin) async throws -> GroupGuard {
        try await GroupGuard.open(
            group: group, partitions: Self.partitions, topic: "t", servers: "a:1", file: file, admin: admin)
    }

    @Test(arguments: [false, true])
    func whatWasMovedIsAsItWas(fails: Bool) async throws {
        try await withTopic { admin, file in
            try await admin.commit(group: "g", commits: Self.theirs)
            let guarded = try await open("g", file, admin)
            // It is on the disk before anything is moved.
            let saved = try #require(try file.read()?.entries.first)
            #expect(saved.partitions.map(\.offset) == [3, nil, 0] && saved.partitions[0].metadata == "their note")
            do {
                try await guarded.lend {
                    try await admin.commit(
                        group: "g", offsets: Dictionary(uniqueKeysWithValues: Self.partitions.map { ($0, 7) }))
                    if fails { throw Failure() }
                }
                #expect(!fails)
            } catch is Failure {
                #expect(fails)
            }
            #expect(try await admin.commits(group: "g", partitions: Self.partitions) == Self.theirs)
            #expect(try file.read() != nil)
            try await guarded.close()
            #expect(try file.read() == nil)
        }
    }

    @Test func aGroupThatWasNotThereIsGone() async throws {
        try await withTopic { admin, file in
            let guarded = try await open("new", file, admin)
            try await guarded.lend { try await admin.commit(group: "new", offsets: [Self.partitions[0]: 7]) }
            #expect(try await admin.listGroups().isEmpty)
            try await guarded.close()
        }
    }

    /// Two cells that move the same group save it once, and another group does not take its place.
    @Test func aFileHoldsEachGroupOnce() async throws {
        try await withTopic { admin, file in
            try await admin.commit(group: "g", commits: Self.theirs)
            let first = try await open("g", file, admin)
            let other = try await open("h", file, admin)
            _ = try await open("g", file, admin)
            #expect(try file.read()?.entries.map(\.group) == ["g", "h"])
            try await first.close()
            #expect(try file.read()?.entries.map(\.group) == ["h"])
            try await other.close()
            #expect(try file.read() == nil)
        }
    }

    @Test func nothingIsMovedThatCannotBeSaved() async throws {
        try await withTopic { admin, _ in
            let file = CommitsFile(run: RunId(), environment: ["XDG_STATE_HOME": "/proc/nowhere"])
            await #expect(throws: ResultFileError.self) { _ = try await open("g", file, admin) }
        }
    }

    @Test func runsThatSavedCommitsAreFoundOrTheFolderIsSaidToBeUnreadable() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = ["XDG_STATE_HOME": folder.path]
        #expect(try CommitsFile.runs(environment: environment) == [])
        let run = RunId()
        let file = CommitsFile(run: run, environment: environment)
        try file.add(
            .init(clusterId: nil, bootstrapServers: "a:1", group: "g", topic: "t", existed: true, partitions: []))
        #expect(try CommitsFile.runs(environment: environment) == [run])
        // A file in the folder's place: nobody can list it, root neither.
        let error = #expect(throws: ResultFileError.self) {
            _ = try CommitsFile.runs(environment: ["XDG_STATE_HOME": file.path])
        }
        #expect(error?.code == .unreadable(errno: ENOTDIR))
    }

    @Test func theFileIsInTheUsersFolderForState() throws {
        let run = try #require(RunId("20261130T152300-kqzv"))
        func path(_ environment: [String: String]) -> String { CommitsFile(run: run, environment: environment).path }
        #expect(path(["XDG_STATE_HOME": "/state", "HOME": "/home/me"]) == "/state/weir/commits/\(run).json")
        #expect(path(["HOME": "/home/me"]) == "/home/me/.local/state/weir/commits/\(run).json")
        #expect(path(["XDG_STATE_HOME": "relative", "HOME": "/h"]) == "/h/.local/state/weir/commits/\(run).json")
    }

    @Test func whatIsLeftIsNamedWithTheCommandThatRemovesIt() throws {
        let run = try #require(RunId("20261130T152300-kqzv"))
        let belongings = Belongings()
        for name in ["t1", "t2", "t1"] { belongings.add(.topic, name, on: "a:1") }
        belongings.add(.group, "g", on: "a:1")
        belongings.add(.topic, "t", on: "b:1")
        belongings.remove(.topic, "t2", on: "a:1")
        #expect(
            belongings.lines(run: run, commandConfig: "c.properties") == [
                "left on a:1: topics t1", "left on a:1: groups g",
                "to remove it: weir clean --bootstrap-servers a:1 --command-config c.properties --run \(run)",
                "left on b:1: topics t",
                "to remove it: weir clean --bootstrap-servers b:1 --command-config c.properties --run \(run)",
            ])
        for (name, cluster) in [("t1", "a:1"), ("t", "b:1")] { belongings.remove(.topic, name, on: cluster) }
        belongings.remove(.group, "g", on: "a:1")
        #expect(belongings.lines(run: run, commandConfig: nil) == [])
    }
}
