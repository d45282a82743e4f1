/// How to be a member of a group: Kafka's consumer options for that, with the defaults of its Java
/// client 4.3. They count where a consumer subscribes to topics.
public struct MembershipConfiguration: Sendable {
    /// By which of Kafka's protocols members and coordinator agree on who reads what.
    public enum GroupProtocol: String, Sendable, CaseIterable {
        /// JoinGroup and SyncGroup; a member shares out.
        case classic
        /// ConsumerGroupHeartbeat; the coordinator shares out (KIP-848).
        case consumer
    }

    /// `group.protocol`.
    public var groupProtocol = GroupProtocol.classic
    /// `group.instance.id`: the name of a static member, whose place outlives its connection
    /// (KIP-345); nil for a dynamic one.
    public var instanceId: String?
    /// `session.timeout.ms`: after how long without a heartbeat the coordinator takes a member for
    /// dead (classic protocol; else the broker sets it).
    public var sessionTimeoutMs = 45_000
    /// `heartbeat.interval.ms` (classic protocol; else the broker sets it).
    public var heartbeatMs = 3_000
    /// `max.poll.interval.ms`: after how long without a poll a member leaves; also how long a
    /// rebalance waits for it.
    public var pollIntervalMs = 300_000
    /// `partition.assignment.strategy`, the preferred one first (classic protocol).
    public var strategies: [AssignmentStrategy] = [.range, .cooperativeSticky]
    /// `group.remote.assignor`: which of the broker's assignors shares out; nil leaves that to it
    /// (consumer protocol).
    public var remoteAssignor: String?
    /// Whether a member heartbeats early while it has no partitions, after 100 ms and then after
    /// twice as long each time up to the interval (consumer protocol). Kafka's client does not.
    public var heartbeatsEarly = false

    /// The options this type reads.
    public static let keys = [
        "group.protocol", "group.instance.id", "session.timeout.ms", "heartbeat.interval.ms", "max.poll.interval.ms",
        "partition.assignment.strategy", "group.remote.assignor",
    ]
    private static let classicKeys = ["session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy"]

    /// The defaults.
    public init() {}

    /// Reads the options, and notes what is wrong with them.
    init(_ reader: inout OptionReader) {
        let positive = 1...Int(Int32.max)
        groupProtocol = reader.choice(
            "group.protocol", default: .classic, [("classic", .classic), ("consumer", .consumer)])
        instanceId = reader.text("group.instance.id")
        if instanceId == "" { reader.reject("group.instance.id", "empty: leave it out for a dynamic member") }
        sessionTimeoutMs = reader.integer("session.timeout.ms", default: sessionTimeoutMs, in: positive)
        heartbeatMs = reader.integer("heartbeat.interval.ms", default: heartbeatMs, in: positive)
        pollIntervalMs = reader.integer("max.poll.interval.ms", default: pollIntervalMs, in: positive)
        strategies = Self.strategies(&reader)
        remoteAssignor = reader.text("group.remote.assignor").flatMap { $0.isEmpty ? nil : $0 }
        if groupProtocol == .consumer {
            for key in Self.classicKeys where reader.has(key) {
                reader.reject(key, "is not for group.protocol: consumer, where the broker sets it")
            }
        } else {
            if remoteAssignor != nil { reader.reject("group.remote.assignor", "is for group.protocol: consumer") }
            if heartbeatMs >= sessionTimeoutMs {
                reader.reject("heartbeat.interval.ms", "must be less than session.timeout.ms (\(sessionTimeoutMs))")
            }
        }
    }

    /// Names as in the requests, or Java's class names, by commas.
    private static func strategies(_ reader: inout OptionReader) -> [AssignmentStrategy] {
        let key = "partition.assignment.strategy"
        guard let text = reader.text(key) else { return [.range, .cooperativeSticky] }
        var strategies: [AssignmentStrategy] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map({ trimmed(String($0)) }) {
            guard
                let strategy = AssignmentStrategy.allCases.first(where: { [$0.rawValue, $0.className].contains(part) })
            else {
                let known = AssignmentStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                reader.reject(key, "'\(part)' is none of \(known), nor a class of that in Kafka's client")
                continue
            }
            if strategies.contains(strategy) { reader.reject(key, "\(strategy.rawValue) twice") }
            strategies.append(strategy)
        }
        return strategies
    }
}
