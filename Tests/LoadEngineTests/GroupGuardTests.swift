import Foundation
import KafkaClient
import Results
import Scenario
import Synchronization
import Testing

@testable import LoadEngine

/// Somebody's group that a run may move.
@Suite(.timeLimit(.minutes(2))) struct GroupGuardTests {
    private static let partitions = [0, 1, 2].map { TopicPartition(topic: "t", partition: $0) }
    private static let theirs = [
        partitions[0]: CommittedOffset(offset: 3, leaderEpoch: 0, metadata: "their note"),
        partitions[2]: CommittedOffset(offset: 0, leaderEpoch: -1, metadata: ""),
    ]

    private struct Failure: Error {}

    /// A topic of three partitions, and a file for commits in a folder of its own.
    private func withTopic(_ body: (Admin, CommitsFile) async throws -> Void) async throws {
        try await withFolder { admin, _, environment in
            try await body(admin, CommitsFile(run: RunId(), environment: environment))
        }
    }

    private func withFolder(_ body: (Admin, Client, [String: String]) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-guard-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withBroker { client, loop in
            try await client.connect(topics: [])
            let admin = Admin(client: client)
            try await admin.createTopics(["t", "other"].map { NewTopic(name: $0, partitionCount: 3) })
            try await body(admin, client, ["XDG_STATE_HOME": folder.path])
        }
    }

    private func open(_ group: String, _ file: CommitsFile, _ admin: Admin) async throws -> GroupGuard {
        try await GroupGuard.open(
            group: group, partitions: Self.partitions, topic: "t", servers: "a:1", file: file, admin: admin)
    }

    /// Commits as a start does.
    private func move(_ guarded: GroupGuard, to offset: Int64, _ admin: Admin) async throws {
        try await guarded.willCommit(Self.partitions.map { _ in offset })
        try await admin.commit(
            group: guarded.group, offsets: Dictionary(uniqueKeysWithValues: Self.partitions.map { ($0, offset) }))
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
                    for offset: Int64 in [7, 8, 9, 3] { try await move(guarded, to: offset, admin) }
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

    /// What a commit may have left is on the disk before it is made: the new offset, and the one
    /// that it replaces.
    @Test func whatIsCommittedIsNotedBefore() async throws {
        try await withTopic { admin, file in
            let guarded = try await open("g", file, admin)
            @Sendable func moved() throws -> [Int64]? { try file.read()?.entries.first?.partitions[1].moved }
            #expect(try moved() == [])
            try await guarded.lend {
                try await guarded.willCommit([5, 6, 7])
                #expect(try moved() == [6])
                try await guarded.willCommit([5, 8, 7])
                #expect(try moved() == [6, 8])
                try await guarded.willCommit([5, 9, 7])
                #expect(try moved() == [8, 9])
            }
            #expect(try moved() == [])
            await #expect(throws: EngineError.self) { try await guarded.willCommit([5, 6, 7]) }
            try await guarded.close()
        }
    }

    @Test func aGroupThatWasNotThereIsGone() async throws {
        try await withTopic { admin, file in
            let guarded = try await open("new", file, admin)
            try await guarded.lend { try await move(guarded, to: 7, admin) }
            #expect(try await admin.listGroups().isEmpty)
            try await guarded.close()
        }
    }

    /// Its owner begins to use it meanwhile, for another topic.
    @Test func whatItsOwnerCommitsElsewhereStays() async throws {
        try await withTopic { admin, file in
            let guarded = try await open("new", file, admin)
            let other = TopicPartition(topic: "other", partition: 1)
            try await guarded.lend {
                try await move(guarded, to: 7, admin)
                try await admin.commit(group: "new", offsets: [other: 4])
            }
            try await guarded.close()
            #expect(try await admin.committed(group: "new", partitions: Self.partitions + [other]) == [other: 4])
            #expect(try file.read() == nil)
        }
    }

    /// The owner goes on between two repeats: the next puts back where it stands then.
    @Test func whatItsOwnerCommitsBetweenRepeatsIsPutBack() async throws {
        try await withTopic { admin, file in
            try await admin.commit(group: "g", commits: Self.theirs)
            let guarded = try await open("g", file, admin)
            try await guarded.lend { try await move(guarded, to: 7, admin) }
            try await admin.commit(group: "g", offsets: [Self.partitions[0]: 500])
            try await guarded.lend { try await move(guarded, to: 7, admin) }
            try await guarded.close()
            #expect(
                try await admin.committed(group: "g", partitions: Self.partitions)
                    == [Self.partitions[0]: 500, Self.partitions[2]: 0])
        }
    }

    /// The owner goes on during a repeat: its commit stays, the others are put back, and the cell
    /// ends.
    @Test(arguments: [false, true])
    func whatItsOwnerCommitsMeanwhileStaysAndEndsTheCell(isBetweenStarts: Bool) async throws {
        try await withTopic { admin, file in
            try await admin.commit(group: "g", commits: Self.theirs)
            let guarded = try await open("g", file, admin)
            let lending = { @Sendable () async throws -> Void in
                try await guarded.lend {
                    try await move(guarded, to: 7, admin)
                    try await admin.commit(group: "g", offsets: [Self.partitions[0]: 500])
                    if isBetweenStarts { try await move(guarded, to: 8, admin) }
                }
            }
            let error = await #expect(throws: EngineError.self) { try await lending() }
            #expect(error?.code == .notPutBack)
            #expect(error?.description.contains("t-0 has 500, and had 3") == true, "\(error?.description ?? "")")
            // It is not moved again, be it by another cell.
            let moves = Mutex(0)
            let again = await #expect(throws: EngineError.self) {
                try await open("g", file, admin).lend { moves.withLock { $0 += 1 } }
            }
            #expect(again?.code == .notPutBack && moves.withLock { $0 } == 0)
            await #expect(throws: CommitsLeft.self) { try await guarded.close() }
            #expect(
                try await admin.committed(group: "g", partitions: Self.partitions)
                    == [Self.partitions[0]: 500, Self.partitions[2]: 0])
            #expect(try file.read()?.entries.first?.partitions.map { $0.moved?.isEmpty } == [false, true, true])
        }
    }

    /// Another run that has moved the group, at work or killed: what it has now is not its owner's.
    @Test func aGroupThatAnotherRunHasIsRefused() async throws {
        try await withFolder { admin, _, environment in
            try await admin.commit(group: "g", commits: Self.theirs)
            let run = RunId()
            let file = CommitsFile(run: run, environment: environment)
            let first = try await open("g", file, admin)
            let second = CommitsFile(run: RunId(), environment: environment)
            let error = await #expect(throws: GroupTaken.self) { _ = try await open("g", second, admin) }
            let text = error?.description ?? ""
            #expect(
                ["run \(run) ", "'g'", file.path, "weir clean --bootstrap-servers a:1 --run \(run)"].allSatisfy(
                    text.contains), "\(text)")
            #expect(try second.read() == nil)
            try await open("h", second, admin).close()
            try await first.close()
            try await open("g", second, admin).close()
            // Nothing is left beside the lock of the folder.
            #expect(
                try FileManager.default.contentsOfDirectory(
                    atPath: URL(fileURLWithPath: file.path).deletingLastPathComponent().path) == [])
        }
    }

    @Test func ofManyRunsAtTheSameMomentOneHasTheGroup() async throws {
        try await withFolder { admin, _, environment in
            let entry = SavedCommits.Entry(
                clusterId: "c", bootstrapServers: "a:1", group: "g", topic: "t", existed: true, partitions: [])
            let winners = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        do {
                            return try await CommitsFile(run: RunId(), environment: environment).claim(entry)
                        } catch {
                            return !(error is GroupTaken)
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
            let runs = try CommitsFile.runs(environment: environment)
            #expect(runs.count == 1)
        }
    }

    /// A run is over when its process is, however it ended; until then nobody cleans up behind it.
    @Test func aRunAtWorkIsNotCleaned() async throws {
        try await withFolder { admin, client, environment in
            try await admin.commit(group: "g", commits: Self.theirs)
            let run = RunId()
            let file = CommitsFile(run: run, environment: environment)
            let cleaner = Cleaner(client: client, environment: environment)
            let told = Mutex<[CleanOutcome]>([])
            func clean() async throws -> Bool {
                try await cleaner.remove(try await cleaner.trace(of: run)) { outcome in
                    told.withLock { $0.append(outcome) }
                }
            }
            var guarded: GroupGuard? = try await open("g", file, admin)
            #expect(try await !clean())
            #expect(told.withLock { $0.last?.reason }?.contains("still at work on this host") == true)
            #expect(try file.read() != nil)
            withExtendedLifetime(guarded) {}
            guarded = nil
            #expect(try await clean())
            #expect(try file.read() == nil)
            #expect(try await admin.commits(group: "g", partitions: Self.partitions) == Self.theirs)
        }
    }

    /// What a killed run left: the owner has gone on with one partition, and the file may be an
    /// older weir's.
    @Test(arguments: [true, false])
    func cleanPutsBackOnlyWhatTheRunCommitted(isRecorded: Bool) async throws {
        try await withFolder { admin, client, environment in
            let run = RunId()
            let file = CommitsFile(run: run, environment: environment)
            let entry = SavedCommits.Entry(
                clusterId: try await admin.clusterId(), bootstrapServers: "a:1", group: "g", topic: "t", existed: true,
                partitions: ([3, nil, 9] as [Int64?]).enumerated().map { index, offset in
                    .init(partition: Int32(index), offset: offset, moved: isRecorded ? [7, 8] : nil)
                })
            _ = try await file.claim(entry)
            try await admin.commit(
                group: "g", offsets: [Self.partitions[0]: 500, Self.partitions[1]: 8, Self.partitions[2]: 9])
            let cleaner = Cleaner(client: client, environment: environment)
            let told = Mutex<[CleanOutcome]>([])
            let isClean = try await cleaner.remove(try await cleaner.trace(of: run)) { outcome in
                told.withLock { $0.append(outcome) }
            }
            #expect(!isClean)
            let reason = told.withLock { $0.first?.reason } ?? ""
            #expect(reason.contains("t-0 has 500, and had 3") && reason.contains("delete \(file.path)"), "\(reason)")
            #expect(reason.contains(isRecorded ? "somebody has committed since" : "an older weir"), "\(reason)")
            #expect(reason.contains("t-1 has 8, and had none") == !isRecorded)
            var expected: [TopicPartition: Int64] = [Self.partitions[0]: 500, Self.partitions[2]: 9]
            if !isRecorded { expected[Self.partitions[1]] = 8 }
            #expect(try await admin.committed(group: "g", partitions: Self.partitions) == expected)
            #expect(try file.read()?.entries.count == 1)
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
            let error = await #expect(throws: SavedCommitsError.self) { _ = try await open("g", file, admin) }
            let text = error?.description ?? ""
            #expect(text.contains("make /proc/nowhere/weir/commits writable, or let XDG_STATE_HOME name"), "\(text)")
        }
    }

    @Test func runsThatSavedCommitsAreFoundOrTheFolderIsSaidToBeUnreadable() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-runs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let environment = ["XDG_STATE_HOME": folder.path]
        #expect(try CommitsFile.runs(environment: environment) == [])
        let run = RunId()
        let file = CommitsFile(run: run, environment: environment)
        _ = try await file.claim(
            .init(clusterId: nil, bootstrapServers: "a:1", group: "g", topic: "t", existed: true, partitions: []))
        #expect(try CommitsFile.runs(environment: environment) == [run])
        // A file in the folder's place: nobody can list it, root neither.
        let error = #expect(throws: SavedCommitsError.self) {
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
