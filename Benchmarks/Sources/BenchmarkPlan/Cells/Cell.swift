/// One row of figures: a workload against a broker, over a round trip, with settings; all
/// contestants of a cell have the same.
public struct Cell: Sendable, Hashable {
    /// What is measured.
    public var workload: Workload
    /// What it runs against.
    public var broker: BrokerChoice
    /// What is added to each round trip.
    public var delayMs: Int
    /// Whether batch and fetch sizes are fixed for all.
    public var settings: SettingsChoice

    /// A cell.
    public init(
        _ workload: Workload, broker: BrokerChoice = .embedded, delayMs: Int = 0, settings: SettingsChoice = .fixed
    ) {
        self.workload = workload
        self.broker = broker
        self.delayMs = delayMs
        self.settings = settings
    }

    /// Its name in files and on the command line, such as `embedded/start-earliest+5ms`.
    public var id: String {
        let delay = delayMs == 0 ? "" : "+\(delayMs)ms"
        return "\(broker.id)/\(workload.id)\(delay)\(settings == .fixed ? "" : "/defaults")"
    }

    /// What it is, for people; the broker stands elsewhere.
    public var title: String {
        let delay = delayMs == 0 ? "" : ", +\(delayMs) ms"
        return "\(workload.title)\(delay)\(settings == .fixed ? "" : ", own defaults")"
    }
}

/// A broker that cells run against.
public enum BrokerChoice: Sendable, Hashable {
    /// `weir broker`.
    case embedded
    /// Apache Kafka of a version.
    case kafka(version: String)

    /// Its name in ids and tables.
    public var id: String {
        switch self {
        case .embedded: "embedded"
        case .kafka(let version): "kafka-\(version)"
        }
    }

    /// What it is called in a table.
    public var title: String {
        switch self {
        case .embedded: "embedded broker"
        case .kafka(let version): "Apache Kafka \(version)"
        }
    }
}

/// Whose batch, linger and fetch settings hold.
public enum SettingsChoice: Sendable, Hashable {
    /// The same for all.
    case fixed
    /// Each client's own.
    case clientDefaults
}
