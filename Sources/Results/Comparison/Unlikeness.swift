internal import Measurement

/// What two runs differ in, so that their figures may not be about the same thing.
public struct Unlikeness: Sendable, Equatable {
    /// What can differ.
    public enum Aspect: String, Sendable, CaseIterable {
        /// The machine of the client.
        case host
        /// What was measured against.
        case broker
        /// The scenario, with everything that was set.
        case scenario
        /// The Weir that measured.
        case version
    }

    /// What differs.
    public let aspect: Aspect
    /// What it is, in words.
    public let name: String
    /// What one side has.
    public let first: String
    /// What the other has.
    public let second: String

    /// The sentence that names it, with both values.
    public func sentence(_ firstName: String, _ secondName: String) -> String {
        "\(aspect.rawValue): \(name) is \(first) in \(firstName), \(second) in \(secondName)"
    }

    /// What two runs differ in.
    public static func between(_ first: RunResult, _ second: RunResult) -> [Unlikeness] {
        zip(traits(first), traits(second)).compactMap { one, other in
            one.value == other.value
                ? nil : Unlikeness(aspect: one.aspect, name: one.name, first: one.value, second: other.value)
        }
    }

    private struct Trait {
        let aspect: Aspect
        let name: String
        let value: String
    }

    private static func traits(_ run: RunResult) -> [Trait] {
        let host = run.host
        return [
            Trait(aspect: .host, name: "the processor", value: host.cpuModel),
            Trait(aspect: .host, name: "the number of cores", value: "\(host.coreCount)"),
            Trait(aspect: .host, name: "the memory", value: "\(gibibytes(host.memoryBytes)) GiB"),
            Trait(aspect: .host, name: "the kernel", value: host.kernel),
            Trait(aspect: .broker, name: "the broker", value: run.brokers.map(words).joined(separator: "; ")),
            Trait(aspect: .scenario, name: "the scenario", value: run.scenario.name),
            Trait(aspect: .scenario, name: "what it was resolved to", value: fingerprint(run.scenario.resolved)),
            Trait(aspect: .scenario, name: "what was selected", value: list(run.scenario.only)),
            Trait(aspect: .version, name: "weir", value: "\(run.weir.version) (\(run.weir.commit))"),
        ]
    }

    /// An embedded broker has another port every time; a cluster is known by its address.
    private static func words(_ broker: BrokerRecord) -> String {
        let configuration = broker.configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let place = broker.kind == .cluster ? " at \(broker.address)" : ""
        let nodes = broker.nodeCount.map { " of \($0)" } ?? ""
        return
            "\(broker.kind.rawValue)\(nodes) \(broker.software ?? "")\(place) \(configuration.joined(separator: " "))"
            .split(separator: " ").joined(separator: " ")
    }

    /// Machines of a kind differ by a few MiB that their firmware keeps.
    private static func gibibytes(_ byteCount: UInt64) -> String {
        "\((byteCount / 107_374_182 + 5) / 10)"
    }

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "everything" : words.joined(separator: ", ")
    }

    /// A text too long to print, by its length and FNV-1a hash, which changes with any of its
    /// bytes.
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\(text.utf8.count) bytes, \(String(hash, radix: 16))"
    }
}
