import Bytes
import KafkaProtocol

/// The groups' members on disk, so that a restart finds them, as in Kafka.
final class GroupJournal {
    /// What a member may take; an entry of the journal has little more room.
    private static let memberByteCountMax = 900_000
    /// Superseded entries that the journal may hold beyond as many as are live.
    private static let supersededCountMax = 10_000

    private let journal: Journal
    private var entryCountMax = 0
    private let log: (String) -> Void

    /// Opens the journal, and gives what it knows to `found`.
    init(
        path: String, settings: GroupSettings, nowMs: Int64, log: @escaping (String) -> Void,
        found: ([String: ClassicGroup]) -> Void
    ) throws(StorageError) {
        self.log = log
        var groups: [String: ClassicGroup] = [:]
        var collected: [String: [ClassicMember]] = [:]
        journal = try Journal(path: path, log: log) { (reader) throws(WireError) in
            switch try GroupEntry(parsing: &reader) {
            case .member(let group, let member): collected[group, default: []].append(member)
            case .gone(let group): (groups[group], collected[group]) = (nil, nil)
            case .classic(let group, let generation, let protocolType, let protocolName, let leader):
                groups[group] = ClassicGroup(
                    settings: settings, generation: generation, protocolType: protocolType,
                    protocolName: protocolName, leader: leader, members: collected.removeValue(forKey: group) ?? [],
                    nowMs)
            }
        }
        found(groups)
        limit(groups)
    }

    /// Writes what a restart must know of a group.
    func store(_ id: String, _ group: ClassicGroup) throws(StorageError) {
        if let large = group.members.values.first(where: { GroupEntry.byteCount($0) > Self.memberByteCountMax }) {
            throw StorageError(
                .noSpace, operation: "keep the subscription and assignment of member \(large.id) in",
                path: journal.path)
        }
        try journal.append { add in
            for entry in Self.entries(id, group) { add { entry.write(to: $0) } }
        }
    }

    /// Forgets groups.
    func forget(_ ids: [String]) throws(StorageError) {
        guard !ids.isEmpty else { return }
        try journal.append { add in
            for id in ids { add { GroupEntry.gone(group: id).write(to: $0) } }
        }
    }

    /// Rewrites the journal when most of it is superseded.
    func compactIfNeeded(_ groups: [String: ClassicGroup]) {
        guard journal.entryCount > entryCountMax else { return }
        do {
            try journal.rewrite { add in
                for (id, group) in groups where group.isKept {
                    for entry in Self.entries(id, group) { add { entry.write(to: $0) } }
                }
            }
            limit(groups)
        } catch {
            // The journal only stays longer than it must be.
            log("\(error)")
            entryCountMax = 2 * journal.entryCount
        }
    }

    private func limit(_ groups: [String: ClassicGroup]) {
        entryCountMax = 2 * groups.values.reduce(0) { $0 + 1 + $1.members.count } + Self.supersededCountMax
    }

    private static func entries(_ id: String, _ group: ClassicGroup) -> [GroupEntry] {
        group.membersInOrder.map { .member(group: id, $0) } + [
            .classic(
                group: id, generation: group.generation, protocolType: group.protocolType ?? "",
                protocolName: group.protocolName ?? "", leader: group.leader ?? "")
        ]
    }
}

extension ClassicGroup {
    /// Whether there is anything that a restart must know.
    var isKept: Bool { generation > 0 }

    /// A group as a journal kept it: its members have their session time-out, from now on, to be
    /// heard of.
    init(
        settings: GroupSettings, generation: Int32, protocolType: String, protocolName: String, leader: String,
        members found: [ClassicMember], _ nowMs: Int64
    ) {
        self.init(settings: settings)
        self.generation = generation
        self.protocolType = protocolType.isEmpty ? nil : protocolType
        self.protocolName = protocolName.isEmpty ? nil : protocolName
        self.leader = leader.isEmpty ? nil : leader
        for var member in found {
            member.number = nextNumber()
            members[member.id] = member
            if let instanceId = member.instanceId { instances[instanceId] = member.id }
            renew(member.id, nowMs)
        }
        state = members.isEmpty ? .empty : .stable
        markEmpty(nowMs)
    }
}
