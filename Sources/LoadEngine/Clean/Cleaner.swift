internal import Foundation
import KafkaClient
import KafkaProtocol
import Networking
import Results

/// Finds and removes what runs have left on a cluster. It touches only names that have exactly the
/// form of a run's names.
public struct Cleaner: Sendable {
    private let admin: Admin
    private let loop: EventLoop
    private let environment: [String: String]

    /// How long a topic is watched for writes.
    public static let lookMs = 10_000

    init(client: Client, environment: [String: String] = ProcessInfo.processInfo.environment) {
        admin = Admin(client: client)
        loop = client.loop
        self.environment = environment
    }

    private func file(of run: RunId) -> CommitsFile { CommitsFile(run: run, environment: environment) }

    /// Connects by connection properties in Kafka's names, and does something with a cleaner of
    /// that cluster.
    public static func onCluster<Value: Sendable>(
        _ properties: [String: String], _ body: @escaping @Sendable (Cleaner) async throws -> Value
    ) async throws -> Value {
        let loop = try EventLoop(name: "weir-clean")
        let outcome: Result<Value, any Error> = await Task(executorPreference: loop) {
            do {
                let client = Client(configuration: try ClientConfiguration(properties: properties), loop: loop)
                let outcome: Result<Value, any Error>
                do {
                    try await client.connect(topics: [])
                    outcome = .success(try await body(Cleaner(client: client)))
                } catch {
                    outcome = .failure(error)
                }
                await client.close()
                return outcome
            } catch {
                return .failure(error)
            }
        }.value
        await loop.stop()
        return try outcome.get()
    }

    /// Every run that has left topics or groups, the newest first.
    public func traces() async throws -> [RunTrace] {
        var found: [RunId: RunTrace] = [:]
        let saving = try CommitsFile.runs(environment: environment)
        let clusterId = saving.isEmpty ? nil : try await admin.clusterId()
        var others: Set<SavedCommits.Topic> = []
        for run in saving {
            guard let saved = try file(of: run).read() else { continue }
            others.formUnion(saved.othersTopics ?? [])
            let here = saved.entries.filter { $0.clusterId == clusterId }
            if !here.isEmpty { found[run, default: RunTrace(run: run)].saved = here }
        }
        for (name, partitionCount) in try await admin.listTopics().sorted(by: { $0.key < $1.key }) {
            guard let run = RunName.run(of: name), !others.contains(.init(clusterId: clusterId, name: name)) else {
                continue
            }
            let count = await recordCount(name, partitionCount)
            found[run, default: RunTrace(run: run)].topics.append(.init(name: name, recordCount: count))
        }
        for group in try await admin.listGroups() {
            guard let run = RunName.run(of: group.name) else { continue }
            found[run, default: RunTrace(run: run)].groups.append(
                .init(name: group.name, occupiedState: group.mayHaveMembers ? group.state : nil))
        }
        return found.values.sorted {
            ($0.run.startedAt.secondsSince1970, $0.run.description) > (
                $1.run.startedAt.secondsSince1970, $1.run.description
            )
        }
    }

    /// What one run has left, its saved commits too, whether or not anything else is there.
    public func trace(of run: RunId) async throws -> RunTrace {
        var trace = try await traces().first { $0.run == run } ?? RunTrace(run: run)
        trace.saved = try file(of: run).read()?.entries ?? []
        return trace
    }

    private func recordCount(_ topic: String, _ partitionCount: Int) async -> Int64? {
        guard let ends = await self.ends(of: topic, partitionCount, at: .latest),
            let starts = await self.ends(of: topic, partitionCount, at: .earliest)
        else { return nil }
        return ends.reduce(0) { $0 + $1.value } - starts.reduce(0) { $0 + $1.value }
    }

    /// A topic's offsets; nil where the client may not describe it.
    private func ends(
        of topic: String, _ partitionCount: Int, at place: OffsetSpec
    ) async -> [TopicPartition: Int64]? {
        let partitions = (0..<partitionCount).map { TopicPartition(topic: topic, partition: Int32($0)) }
        do {
            return try await admin.listOffsets(partitions, at: place)
        } catch {
            return nil
        }
    }
}

extension Cleaner {
    /// Puts back the commits that a run saved, then deletes its groups and topics: no group that
    /// has members, no topic that somebody writes to during the look. Reports each, and returns
    /// whether nothing is left.
    public func remove(
        _ trace: RunTrace, lookMs: Int = Cleaner.lookMs, report: @Sendable (CleanOutcome) -> Void
    ) async throws -> Bool {
        var isClean = true
        func note(_ outcome: CleanOutcome) {
            if outcome.reason != nil { isClean = false }
            report(outcome)
        }
        let lock: FileLock?
        do {
            lock = try lockCommits(of: trace)
        } catch {
            note(CleanOutcome(done: "removed", what: "run \(trace.run)", reason: "\(error)"))
            return false
        }
        defer { withExtendedLifetime(lock) {} }
        for entry in trace.saved { note(try await putBack(entry, run: trace.run)) }
        let groups = trace.groups.filter { RunName.run(of: $0.name) == trace.run }
        for group in groups { note(try await remove(group: group.name)) }
        let topics = trace.topics.map(\.name).filter { RunName.run(of: $0) == trace.run }
        guard !topics.isEmpty else { return isClean }
        let partitionCounts = try await admin.listTopics()
        let before = await looks(topics, partitionCounts)
        try await loop.sleep(untilNs: EventLoop.nowNs() + UInt64(lookMs) * 1_000_000)
        let after = await looks(topics, partitionCounts)
        for topic in topics {
            note(try await remove(topic: topic, unless: after[topic]?.change(since: before[topic], lookMs: lookMs)))
        }
        return isClean
    }

    /// Keeps others from what a run has saved, if it has; throws while the run is at work.
    private func lockCommits(of trace: RunTrace) throws -> FileLock? {
        guard !trace.saved.isEmpty else { return nil }
        let file = file(of: trace.run)
        guard let lock = try file.lockToClean() else {
            throw EngineError("it is still at work on this host, by the lock on \(file.lockPath): end it first")
        }
        return lock
    }

    private func looks(_ topics: [String], _ partitionCounts: [String: Int]) async -> [String: TopicLook] {
        var looks: [String: TopicLook] = [:]
        for topic in topics {
            looks[topic] = TopicLook(
                id: await id(of: topic),
                ends: await ends(of: topic, partitionCounts[topic] ?? 0, at: .latest))
        }
        return looks
    }

    /// A topic's id; zero where the cluster does not tell it, as without the right to describe it.
    private func id(of topic: String) async -> KafkaUUID {
        do {
            return try await admin.describe(topic: topic)?.id ?? .zero
        } catch {
            return .zero
        }
    }

    private func putBack(_ entry: SavedCommits.Entry, run: RunId) async throws -> CleanOutcome {
        let what = "commits of group '\(entry.group)' on topic '\(entry.topic)'"
        return try await outcome("put back", what) {
            guard try await admin.clusterId() == entry.clusterId else {
                return "they belong to another cluster, reached at \(entry.bootstrapServers)"
            }
            if case .members(_, let state) = try await admin.occupancy(of: entry.group) {
                return "the group has members (\(state)): stop its consumers first"
            }
            // The run may have ended by itself since it was looked at, or another may have cleaned
            // up behind it.
            let file = file(of: run)
            guard var saved = try file.entry(like: entry) else { return nil }
            do {
                try await saved.putBack(admin, savedIn: file.path)
            } catch {
                try file.update(saved)
                throw error
            }
            try file.remove(saved)
            return nil
        }
    }

    private func remove(group: String) async throws -> CleanOutcome {
        try await outcome("deleted", "group \(group)") {
            if case .members(let count, let state) = try await admin.occupancy(of: group) {
                return "it has \(count.map { "\($0) member\($0 == 1 ? "" : "s")" } ?? "members") (\(state))"
            }
            return try await admin.deleteGroups([group])[group].map { "\($0)" }
        }
    }

    private func remove(topic: String, unless reason: String?) async throws -> CleanOutcome {
        try await outcome("deleted", "topic \(topic)") {
            if let reason { return reason }
            do throws(ClientError) {
                try await admin.deleteTopics([topic])
            } catch {
                if error.code != .broker(.unknownTopicOrPartition) { throw error }
            }
            return nil
        }
    }

    /// A broker's refusal is the outcome for one thing; a broker that does not answer ends the
    /// clean-up.
    private func outcome(
        _ done: String, _ what: String, _ body: () async throws -> String?
    ) async throws -> CleanOutcome {
        do {
            return CleanOutcome(done: done, what: what, reason: try await body())
        } catch let error as ClientError where error.isAboutReachability {
            throw error
        } catch {
            return CleanOutcome(done: done, what: what, reason: "\(error)")
        }
    }
}

/// A topic's id and ends at one moment.
struct TopicLook {
    /// Zero where the cluster gives topics none, or has no such topic.
    let id: KafkaUUID
    /// Where its partitions end; nil where they are not told.
    let ends: [TopicPartition: Int64]?

    /// What shows that somebody uses a topic of this name.
    func change(since before: TopicLook?, lookMs: Int) -> String? {
        let within = "within \(lookMs / 1000) s"
        if let before, before.id != .zero, id != .zero, id != before.id {
            return "somebody else's: it was deleted and made anew \(within)"
        }
        return ends == before?.ends ? nil : "somebody writes to it: its end moved \(within)"
    }
}
