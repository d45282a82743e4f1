import Foundation
import KafkaProtocol
import System
import Testing

@testable import KafkaClient

/// The bytes that members exchange and the range assignor, against what Kafka's own classes made of
/// the same; cooperative-sticky by its properties.
@Suite(.timeLimit(.minutes(1))) struct GroupAssignorTests {
    /// The lines of a kind in `groups.tsv`, which `GroupOracle.java` made.
    static func vectors(_ kind: String) throws -> [[String]] {
        let file = try #require(
            Bundle.module.url(forResource: "groups", withExtension: "tsv", subdirectory: "Fixtures"))
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let vectors = lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
            .filter { $0[0] == kind }
        #expect(vectors.count >= 12)
        return vectors
    }

    static func partitions(_ text: some StringProtocol) -> [TopicPartition] {
        text.split(separator: ",").map { one in
            let parts = one.split(separator: ":")
            return TopicPartition(topic: String(parts[0]), partition: Int32(parts[1])!)
        }
    }

    @Test func rangesAreThoseOfKafkasOwn() throws {
        for vector in try Self.vectors("range") {
            var counts: [String: Int] = [:]
            for topic in vector[1].split(separator: " ") {
                let parts = topic.split(separator: "=")
                counts[String(parts[0])] = Int(parts[1])
            }
            let members = vector[2].split(separator: " ").map { text in
                let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
                return GroupMember(
                    parts[0], instanceId: parts[1].isEmpty ? nil : parts[1],
                    topics: Set(parts[2].split(separator: ",").map(String.init)))
            }
            var expected: [String: [TopicPartition]] = [:]
            for text in vector[3].split(separator: " ") {
                let parts = text.split(separator: "=", omittingEmptySubsequences: false)
                expected[String(parts[0])] = Self.partitions(parts[1])
            }
            #expect(AssignmentStrategy.range.assign(members, counts) == expected, "\(vector)")
        }
    }

    @Test func bytesAreThoseOfKafkasOwn() throws {
        func content(_ vector: [String]) -> [String] {
            vector[2].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        }
        func data(_ text: String) -> [UInt8]? { text == "0" ? nil : [0, 0, 0, UInt8(text)!] }
        for vector in try Self.vectors("subscription") {
            let (version, bytes, content) = (Int16(vector[1])!, Self.bytes(vector[3]), content(vector))
            var made = ConsumerSubscription()
            made.topics = content[0].split(separator: ",").map(String.init).sorted()
            made.userData = data(content[1])
            if version >= 1 { made.ownedPartitions = Self.partitions(content[2]).grouped() }
            if version >= 2 { made.generationId = Int32(content[3])! }
            if version >= 3 { made.rackId = content[4].isEmpty ? nil : content[4] }
            #expect(try made.bytes(version: version) == bytes, "\(vector)")
            #expect(try ConsumerSubscription(parsing: bytes) == made, "\(vector)")
        }
        for vector in try Self.vectors("assignment") {
            let (version, bytes, content) = (Int16(vector[1])!, Self.bytes(vector[3]), content(vector))
            var made = ConsumerAssignment()
            made.userData = data(content[0])
            made.assignedPartitions = Self.partitions(content[1]).grouped()
            #expect(try made.bytes(version: version) == bytes, "\(vector)")
            #expect(try ConsumerAssignment(parsing: bytes) == made, "\(vector)")
        }
    }

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
        }
    }

    @Test func newerBytesAreReadAsFarAsTheyAreKnownAndBrokenOnesRefused() throws {
        var subscription = ConsumerSubscription()
        subscription.topics = ["t"]
        var bytes = try subscription.bytes()
        bytes[1] = 9
        #expect(try ConsumerSubscription(parsing: bytes + [1, 2, 3]) == subscription)
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try ConsumerSubscription(parsing: Array(bytes[..<count])) }
        }
        bytes[0] = 0xff
        #expect(throws: WireError.self) { try ConsumerSubscription(parsing: bytes) }
    }

    /// What a member wrote before KIP-792 says the same in another place.
    @Test func theGenerationOfAnOlderMemberIsInWhatItsAssignorTellsItself() throws {
        let owned = [TopicPartition(topic: "t", partition: 1)]
        let strategy = AssignmentStrategy.cooperativeSticky
        let subscription = strategy.subscription(topics: ["t"], owned: owned, generation: 258)
        for version: Int16 in 1...3 {
            let member = try GroupMember("m", instanceId: nil, metadata: subscription.bytes(version: version))
            #expect(member.generation == 258 && member.owned == owned && member.topics == ["t"])
        }
    }

    // MARK: Cooperative-sticky

    private typealias Owned = [String: [TopicPartition]]

    /// The group after everybody has given up what moves and all have joined again.
    private func settled(_ members: [GroupMember], _ counts: [String: Int]) -> (assignment: Owned, rounds: Int) {
        var members = members
        for round in 1...3 {
            let given = AssignmentStrategy.cooperativeSticky.assign(members, counts)
            let isDone = members.allSatisfy { Set($0.owned).isSubset(of: given[$0.id] ?? []) }
            for at in members.indices {
                members[at].owned = given[members[at].id] ?? []
                members[at].generation += 1
            }
            // Nothing is two members' at any time.
            let all = given.values.flatMap(\.self)
            #expect(Set(all).count == all.count)
            if isDone, all.count == counts.values.reduce(0, +) || round == 3 { return (given, round) }
        }
        return ([:], 0)
    }

    private func isBalanced(_ assignment: Owned, _ members: [GroupMember]) -> Bool {
        members.allSatisfy { one in
            members.allSatisfy { other in
                let mine = assignment[one.id] ?? []
                guard (assignment[other.id] ?? []).contains(where: { one.topics.contains($0.topic) }) else {
                    return true
                }
                return (assignment[other.id]?.count ?? 0) - mine.count < 2
            }
        }
    }

    private func group(_ count: Int, topics: Set<String>) -> [GroupMember] {
        (0..<count).map { GroupMember("m\($0 / 10)\($0 % 10)", topics: topics) }
    }

    @Test(arguments: [(1, 1), (3, 8), (8, 3), (64, 256), (7, 100)])
    func aNewGroupIsBalancedAtOnce(_ memberCount: Int, _ partitionCount: Int) {
        let members = group(memberCount, topics: ["t"])
        let given = AssignmentStrategy.cooperativeSticky.assign(members, ["t": partitionCount])
        #expect(given.values.map(\.count).reduce(0, +) == partitionCount)
        #expect(isBalanced(given, members))
    }

    @Test func whoJoinsGetsItsShareAndNobodyElseMoves() {
        var members = group(3, topics: ["a", "b"])
        let counts = ["a": 7, "b": 5]
        let before = AssignmentStrategy.cooperativeSticky.assign(members, counts)
        for at in members.indices {
            members[at].owned = before[members[at].id]!
            members[at].generation = 1
        }
        members.append(GroupMember("new", topics: ["a", "b"]))
        let first = AssignmentStrategy.cooperativeSticky.assign(members, counts)
        // What it is to get is still with others.
        #expect(first["new"] == [])
        #expect(first.values.map(\.count).sorted() == [0, 3, 3, 3])
        let (after, rounds) = settled(members, counts)
        #expect(rounds == 2 && after["new"]?.count == 3)
        for (id, owned) in before { #expect(Set(after[id]!).isSubset(of: owned)) }
    }

    @Test func whoLeavesIsSharedOutAtOnceAndTheOthersKeepAll() {
        let counts = ["t": 12]
        var members = group(4, topics: ["t"])
        let before = AssignmentStrategy.cooperativeSticky.assign(members, counts)
        for at in members.indices { members[at].owned = before[members[at].id]! }
        members.removeFirst()
        let after = AssignmentStrategy.cooperativeSticky.assign(members, counts)
        #expect(after.values.map(\.count) == [4, 4, 4])
        for member in members { #expect(Set(member.owned).isSubset(of: after[member.id]!)) }
    }

    @Test func theLaterClaimCountsAndOfTwoAlikeNone() {
        let partitions = (0..<4).map { TopicPartition(topic: "t", partition: $0) }
        let stale = GroupMember("a", topics: ["t"], owned: partitions, generation: 3)
        let current = GroupMember("b", topics: ["t"], owned: Array(partitions[..<2]), generation: 5)
        let given = AssignmentStrategy.cooperativeSticky.assign([stale, current], ["t": 4])
        #expect(given == ["a": Array(partitions[2...]), "b": Array(partitions[..<2])])
        let twin = GroupMember("b", topics: ["t"], owned: Array(partitions[..<2]), generation: 3)
        let shared = AssignmentStrategy.cooperativeSticky.assign([stale, twin], ["t": 4])
        #expect(Set(shared.values.flatMap(\.self)).count == shared.values.map(\.count).reduce(0, +))
        #expect(settled([stale, twin], ["t": 4]).assignment.values.map(\.count) == [2, 2])
    }

    /// Balance may need a member between two that have no topic in common.
    @Test func partitionsMoveOverOthersWhereTopicsAreNotEverybodys() {
        let a = GroupMember(
            "a", topics: ["x"], owned: (0..<4).map { TopicPartition(topic: "x", partition: $0) }, generation: 1)
        let b = GroupMember(
            "b", topics: ["x", "y"], owned: (0..<3).map { TopicPartition(topic: "y", partition: $0) }, generation: 1)
        let c = GroupMember("c", topics: ["y"])
        #expect(settled([a, b, c], ["x": 4, "y": 3]).assignment.values.map(\.count).sorted() == [2, 2, 3])
    }

    @Test func anyGroupIsBalancedAndSettlesInTwoRounds() {
        var random = SplitMix64(seed: 11)
        let topics = ["a", "b", "c", "d"]
        for _ in 0..<300 {
            var counts: [String: Int] = [:]
            for topic in topics { counts[topic] = Int.random(in: 0...9, using: &random) }
            var members: [GroupMember] = (0..<Int.random(in: 1...8, using: &random)).map { number in
                GroupMember("m\(number)", topics: Set(topics.filter { _ in Bool.random(using: &random) }))
            }
            // They own what a group of some other shape gave them, stale claims included.
            for at in members.indices {
                members[at].generation = Int32.random(in: -1...2, using: &random)
                members[at].owned = (0..<Int.random(in: 0...6, using: &random)).map { number in
                    TopicPartition(topic: topics[Int.random(in: 0...3, using: &random)], partition: Int32(number))
                }
                members[at].owned = Array(Set(members[at].owned)).sorted()
            }
            let (assignment, rounds) = settled(members, counts)
            #expect(rounds <= 3 && isBalanced(assignment, members), "\(members) \(counts) \(assignment)")
            let wanted = Set(members.flatMap(\.topics))
            let all = topics.filter(wanted.contains).reduce(0) { $0 + counts[$1]! }
            #expect(assignment.values.map(\.count).reduce(0, +) == all)
            for member in members { #expect(assignment[member.id]!.allSatisfy { member.topics.contains($0.topic) }) }
        }
    }
}
