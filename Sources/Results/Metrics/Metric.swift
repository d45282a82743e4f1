internal import Statistics

/// A figure that is taken from a repeat: what it is called, what it is measured in, which way is
/// better, and where tables show it.
///
/// `MetricCatalogue` lists them all; tables, Markdown, `weir.report/1` and its schema are made from
/// that list.
public struct Metric: Sendable {
    /// What a figure is measured in.
    public enum Unit: String, Sendable, CaseIterable {
        /// Amounts a second.
        case perSecond = "1/s"
        /// Millions of bytes a second.
        case megabytesPerSecond = "MB/s"
        /// Nanoseconds.
        case nanoseconds = "ns"
        /// Bytes.
        case bytes = "B"
        /// A number without a unit.
        case one = "1"
        /// How many times another figure it is.
        case ratio
    }

    /// Which way a figure is better.
    public enum Direction: String, Sendable {
        /// More is better.
        case higher
        /// Less is better.
        case lower
        /// It explains others and is neither good nor bad.
        case neither
    }

    /// What sort of figure it is, which decides how it is judged.
    public enum Kind: Sendable, Equatable {
        /// How many of something; counts of all repeats are judged together.
        case count
        /// A stretch of time.
        case time
        /// One amount for each unit of another: a rate, or what a record costs.
        case ratio
        /// An amount of something, such as memory.
        case amount
        /// A percentile, from 0 to 100, of the latencies of a kind.
        case percentile(Double, of: LatencyRecord.Kind)
        /// The greatest of the latencies of a kind.
        case maximum(of: LatencyRecord.Kind)
    }

    /// How the repeats' values become the one that a cell's row shows.
    public enum Summary: Sendable {
        /// The median of the valid repeats.
        case median
        /// The greatest of the valid repeats.
        case greatest
        /// The percentile over the samples of all valid repeats together.
        case pooled
        /// The mean of the valid repeats, as a part of a whole: a repeat without it counts as 0.
        case meanOfPart
        /// The greatest of all repeats, invalid ones too; 0 is not shown.
        case greatestOfAll
        /// The sum over all repeats, invalid ones too.
        case totalOfAll
    }

    /// The table that has a column for it.
    public enum Table: Sendable {
        /// Rates and starts: what was asked.
        case answer
        /// Latencies: the first kind that was recorded stands in the answer, the others in a table
        /// of their own.
        case latencies
        /// Where starts began.
        case offsets
        /// Where the time went.
        case steps
        /// What a record or a start cost.
        case cost
        /// The requests by API.
        case requests
        /// What disturbed the window.
        case disturbances
        /// None: programs find it in `weir.report/1`.
        case none
    }

    /// Its name in `weir.report/1`, such as `ack.p99`.
    public let key: String
    /// What it shares with its neighbours in a table, printed once above them; may be empty.
    public let group: String
    /// The rest of its title.
    public let name: String
    /// What it is measured in.
    public let unit: Unit
    /// Which way it is better.
    public let better: Direction
    /// What sort of figure it is.
    public let kind: Kind
    /// How the repeats' values become a cell's.
    public let summary: Summary
    /// The table that shows it.
    public let table: Table
    /// What it is, in words that follow its title and a colon.
    public let about: String
    /// Whether its column stays where no row has it.
    public let isAlwaysShown: Bool
    /// Whether loads of different kinds have a column each, as their values must not be compared.
    public let isApartByLoad: Bool
    /// Its value in one repeat; nil where the repeat has none.
    public let value: @Sendable (Repeat) -> Double?

    /// The words that tables show, such as `ack p99` or `client CPU/record`.
    public var title: String { group.isEmpty ? name : "\(group) \(name)" }

    init(
        _ key: String, group: String = "", _ name: String, _ unit: Unit, better: Direction, _ kind: Kind,
        _ summary: Summary = .median, in table: Table, isAlwaysShown: Bool = false, isApartByLoad: Bool = false,
        about: String, value: @escaping @Sendable (Repeat) -> Double?
    ) {
        self.key = key
        self.group = group
        self.name = name
        self.unit = unit
        self.better = better
        self.kind = kind
        self.summary = summary
        self.table = table
        self.about = about
        self.isAlwaysShown = isAlwaysShown
        self.isApartByLoad = isApartByLoad
        self.value = value
    }
}

extension Metric {
    /// The latencies that it is taken from, if it is.
    public var latency: LatencyRecord.Kind? {
        switch kind {
        case .percentile(_, let latency), .maximum(let latency): latency
        case .count, .time, .ratio, .amount: nil
        }
    }

    /// Whether a repeat has samples enough for it: a percentile wants ten beyond it.
    public func isSupported(by made: Repeat) -> Bool {
        guard case .percentile(let percentile, let latency) = kind else { return value(made) != nil }
        return made.latency(latency).map {
            PooledValues.supports(percentile: percentile, count: $0.count)
        } ?? false
    }
}
