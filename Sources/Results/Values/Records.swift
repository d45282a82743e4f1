public import Measurement

/// The scenario that was run, as a result keeps it.
public struct ScenarioRecord: Codable, Sendable, Equatable {
    /// Its name.
    public var name: String
    /// What it measures, in its author's words.
    public var about: String?
    /// The path it was read from.
    public var path: String
    /// The file's text as written.
    public var written: String
    /// What it was resolved to, with every default, as `weir validate --resolved` prints it.
    public var resolved: String
    /// The overrides in order, each `PATH=VALUE`.
    public var overrides: [String]
    /// What was selected by `--only`; empty when everything was.
    public var only: [String]
    /// What was doubtful about it, each with its place.
    public var warnings: [String]

    /// A scenario as it was read.
    public init(
        name: String, about: String? = nil, path: String, written: String, resolved: String, overrides: [String] = [],
        only: [String] = [], warnings: [String] = []
    ) {
        self.name = name
        self.about = about
        self.path = path
        self.written = written
        self.resolved = resolved
        self.overrides = overrides
        self.only = only
        self.warnings = warnings
    }
}

/// The Weir that made a result.
public struct BuildRecord: Codable, Sendable, Equatable {
    /// Its version.
    public var version: String
    /// The commit it was built from; "unknown" outside a clone.
    public var commit: String

    /// A build by version and commit.
    public init(version: String, commit: String) {
        self.version = version
        self.commit = commit
    }
}

/// A broker or cluster that was measured against.
public struct BrokerRecord: Codable, Sendable, Equatable {
    /// Whose broker it is.
    public enum Kind: String, Codable, Sendable {
        /// Weir's own, in a process of its own.
        case embedded
        /// Somebody's cluster.
        case cluster
    }

    /// What cells refer to it by.
    public var name: String
    /// Whose broker it is.
    public var kind: Kind
    /// What it calls itself or was recognised as, with its version; none when it does not tell.
    public var software: String?
    /// Its bootstrap addresses.
    public var address: String
    /// How many brokers its metadata names.
    public var nodeCount: Int?
    /// An embedded broker's configuration; empty for a cluster.
    public var configuration: [String: String]
    /// The names of the keys that `--command-config` gave; never their values.
    public var commandConfigKeys: [String]

    /// A broker as it was found.
    public init(
        name: String, kind: Kind, software: String? = nil, address: String, nodeCount: Int? = nil,
        configuration: [String: String] = [:], commandConfigKeys: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.software = software
        self.address = address
        self.nodeCount = nodeCount
        self.configuration = configuration
        self.commandConfigKeys = commandConfigKeys
    }
}

extension BrokerRecord {
    /// Whether it is somebody's cluster that is reached without leaving this host.
    public func isCluster(on host: HostDescription) -> Bool {
        kind == .cluster
            && address.split(separator: ",").contains { address in
                let name = address.drop { $0 == " " }.prefix(upTo: address.lastIndex(of: ":") ?? address.endIndex)
                return name == "localhost" || name.hasPrefix("127.") || name == "[::1]" || name == "::1"
                    || name == host.name
            }
    }
}
