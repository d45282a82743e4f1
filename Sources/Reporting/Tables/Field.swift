internal import Results
internal import Statistics

/// A column, and what stands in it for a cell.
struct Field {
    let column: Column
    let entry: (CellFigures) -> Entry

    init(_ column: Column, _ entry: @escaping (CellFigures) -> Entry) {
        self.column = column
        self.entry = entry
    }

    /// A column of words; nothing stands where there are none.
    static func text(
        group: String = "", _ title: String, key: String, _ words: @escaping (CellFigures) -> String?
    ) -> Field {
        Field(Column(group: group, title: title, key: key, isText: true)) { words($0).map { .text($0) } ?? .nothing }
    }

    /// A figure of the catalogue; `group` stands above it instead of its own where it is given.
    static func metric(_ metric: Metric, group: String? = nil) -> Field {
        Field(Column(metric, group: group)) { $0.entry(metric) }
    }
}

extension SectionBuilder {
    /// The figures of a table, a column each. A figure that must not be compared across kinds of
    /// load has a column for each kind.
    func fields(in table: Metric.Table) -> [Field] {
        catalogue.metrics(in: table).flatMap { metric in
            metric.isApartByLoad && loadKinds.count > 1 ? loadKinds.map { field(metric, of: $0) } : [.metric(metric)]
        }
    }

    private func field(_ metric: Metric, of load: Load.Kind?) -> Field {
        let group = "\(metric.group), \(load.map(\.words) ?? "no load")"
        let column = Column(
            group: group, title: metric.name, key: "\(metric.key).\(load.map(\.rawValue) ?? "none")")
        return Field(column) { $0.cell.load?.kind == load ? $0.entry(metric) : .nothing }
    }

    private var loadKinds: [Load.Kind?] {
        var kinds: [Load.Kind?] = []
        for kind in cells.map(\.cell.load?.kind) where !kinds.contains(kind) { kinds.append(kind) }
        return kinds
    }

    /// The figures of latencies that were recorded, kind by kind in the catalogue's order.
    var latencyFields: [(latency: LatencyRecord.Kind, fields: [Field])] {
        let present = Set(cells.flatMap(\.cell.repeats).flatMap(\.latencies).map(\.kind))
        let metrics = catalogue.metrics(in: .latencies)
        return unique(metrics.compactMap(\.latency)).filter(present.contains).map { latency in
            (latency, metrics.filter { $0.latency == latency }.map { .metric($0) })
        }
    }
}

extension Load.Kind {
    /// What people call it.
    var words: String { self == .unlimited ? "unlimited" : "\(rawValue) loop" }
}
