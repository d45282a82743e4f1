import Names

/// Says what a key that does not belong somewhere might be.
enum UnknownKey {
    static func message(_ name: String, _ shape: MapShape, section: String) -> String {
        if let role = shape.role, let known = kafkaOption(name, in: role) { return known }
        return "unknown key '\(name)' \(section)\(hint(name, shape))"
    }

    private static func hint(_ name: String, _ shape: MapShape) -> String {
        let names = shape.keys.map(\.name)
        let places = Grammar.sections(having: name)
        if !places.isEmpty { return " (it stands in \(places.prefix(3).joined(separator: ", ")))" }
        if let same = names.first(where: { NearestName.bare($0) == NearestName.bare(name) }) {
            return " (did you mean '\(same)'?)"
        }
        if let meant = Synonym.find(name, in: shape) { return " (\(meant))" }
        if let near = NearestName.hint(name, among: names) { return near }
        return names.count <= 12 ? " (there are \(names.joined(separator: ", ")))" : ""
    }

    /// What is known of one of Kafka's options that a section does not take.
    static func kafkaOption(_ name: String, in role: KafkaRole) -> String? {
        for other in KafkaRole.allCases where other != role && other.options.contains(where: { $0.name == name }) {
            return "'\(name)' is an option of \(other.noun) (in \(other.rawValue)), not of \(role.noun)"
        }
        if name.hasPrefix("ssl.") || name.hasPrefix("sasl.") {
            return "'\(name)' says how to connect, and Weir connects in PLAINTEXT only so far"
        }
        if name.hasPrefix("group.") || ["session.timeout.ms", "heartbeat.interval.ms"].contains(name) {
            return "'\(name)': Weir names the groups and assigns the partitions itself (see start: {group, committed})"
        }
        if name.hasSuffix(".serializer") || name.hasSuffix(".deserializer") {
            return "'\(name)': records are bytes here, so there is none to choose"
        }
        guard withoutCounterpart.contains(name) else { return nil }
        return "'\(name)' is an option of Kafka's that Weir's client does not have"
    }

    /// Options of Kafka's Java clients that Weir's has no counterpart of.
    private static let withoutCounterpart: Set<String> = [
        "allow.auto.create.topics", "auto.commit.interval.ms", "client.dns.lookup", "client.rack",
        "config.providers", "connections.max.idle.ms", "enable.metrics.push", "exclude.internal.topics",
        "interceptor.classes", "max.poll.interval.ms", "metadata.max.idle.ms", "metadata.recovery.strategy",
        "metadata.recovery.rebootstrap.trigger.ms", "metric.reporters", "metrics.num.samples",
        "metrics.recording.level", "metrics.sample.window.ms", "partition.assignment.strategy",
        "partitioner.adaptive.partitioning.enable", "partitioner.availability.timeout.ms", "receive.buffer.bytes",
        "security.providers", "send.buffer.bytes", "socket.connection.setup.timeout.max.ms",
        "transaction.timeout.ms", "transaction.two.phase.commit.enable", "transactional.id",
    ]
}

extension Grammar {
    /// The sections of Weir's own that have a key of this name.
    static func sections(having name: String) -> [String] {
        let sections: [(String, MapShape)] = [
            ("the file", file), ("an experiment", experiment), ("produce", produce), ("consume", consume),
            ("start", start), ("topic", topic), ("measure", measure), ("preload", preload), ("value", value),
        ]
        return sections.filter { $0.1.key(name) != nil }.map(\.0)
    }
}

/// What must not stand in a file that lives in a repository.
enum Secrets {
    /// Whether a key's value is a secret.
    static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        let endings = ["password", "passphrase", "secret", "jaas.config", "ssl.keystore.key"]
        return endings.contains(where: key.hasSuffix)
    }

    static func refusal(_ key: String) -> String {
        "'\(key)' is a secret and has no place in a scenario: put it in a file and say --command-config FILE"
    }
}
