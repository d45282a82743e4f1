import Reporting
import Statistics

/// The tables of a benchmark's figures.
struct FigureTables {
    let record: BenchmarkRecord
    let entries: [Profile.Entry]

    /// A column: a figure of each contestant, and optionally its ratio to Weir's.
    struct Column {
        var title: String
        var metric: Metric
        var text: @Sendable (Double) -> String
        var comparesWeir: Bool

        static func time(_ title: String, _ metric: Metric, comparesWeir: Bool = false) -> Column {
            Column(title: title, metric: metric, text: { TimeText.latency(ns: $0) }, comparesWeir: comparesWeir)
        }

        static func number(_ title: String, _ metric: Metric, comparesWeir: Bool = false) -> Column {
            Column(title: title, metric: metric, text: { NumberText.significant($0) }, comparesWeir: comparesWeir)
        }
    }

    /// Those that the entries have no rows for are empty.
    func all() -> [TextTable] {
        [throughput(.fixed), throughput(.clientDefaults), latency, brokers, serving, parts, machine]
    }

    private func throughput(_ settings: SettingsChoice) -> TextTable {
        let title =
            settings == .fixed
            ? "Throughput, the same batch and fetch sizes for all (CPU is that of loopback connections)"
            : "Throughput, each client's own defaults (CPU is that of loopback connections)"
        return table(
            title, entries.filter { $0.cell.workload.isThroughput && $0.cell.settings == settings },
            [
                .time("client CPU a record", .cpuPerRecord, comparesWeir: true),
                .number("records/s", .recordsPerSecond, comparesWeir: true),
            ])
    }

    private var latency: TextTable {
        table(
            "Starts and producers: construction to first record, or to the first acknowledgement",
            entries.filter { $0.cell.workload.isLatency },
            [
                .time("median", .medianLatency, comparesWeir: true)
            ])
    }

    private var brokers: TextTable {
        table(
            "The broker's own CPU under the same load (loopback)", entries.filter { $0.cell.workload.isBrokerCost },
            [
                .time("broker CPU a MB", .brokerCPUPerMegabyte),
                .number("MB/s", .megabytesPerSecond),
            ])
    }

    private var serving: TextTable {
        table(
            "What the embedded broker gives out, beside a bare sendfile loop; a bare reader takes both unread",
            entries.filter { $0.cell.workload == .serving },
            [
                .number("MB/s", .megabytesPerSecond, comparesWeir: true)
            ])
    }

    private var parts: TextTable {
        table(
            "Parts of the floor by themselves, over batches of batch.size",
            entries.filter { $0.cell.workload.isPartOfFloor },
            [
                .time("CPU a record", .cpuPerRecord),
                .number("MB/s", .megabytesPerSecond),
            ])
    }

    /// Cells whose figures have names of their own: a row for each figure.
    private var machine: TextTable {
        var table = TextTable(
            "Pacing, memory, codecs, recording",
            columns: ["cell", "figure", "contestant", "median", "weir is × of it (95 %)", "rounds"], wordColumns: 3)
        for entry in entries {
            for figure in entry.cell.workload.namedFigures {
                for contestant in entry.contestants {
                    table.rows.append(
                        [entry.cell.title, figure.title, label(contestant, in: entry.cell)]
                            + machineFigures(.figure(figure.name), figure.name, contestant, entry.cell))
                }
            }
        }
        return table
    }

    private func machineFigures(_ metric: Metric, _ name: String, _ contestant: Contestant, _ cell: Cell) -> [String] {
        let estimate = record.figure(metric, of: contestant, in: cell)
        let ratio = contestant == .weir ? nil : record.ratio(metric, of: .weir, to: contestant, in: cell)
        return [
            estimate.map { estimate in
                NamedFigure.text(name, estimate.value) + IntervalText.behind(estimate) { NamedFigure.text(name, $0) }
            } ?? NumberText.absent,
            ratio.map(RatioText.text) ?? "", "\(record.samples(contestant, in: cell).count)",
        ]
    }

    private func table(_ title: String, _ entries: [Profile.Entry], _ columns: [Column]) -> TextTable {
        var titles = ["cell", "contestant"]
        for column in columns { titles += [column.title] + (column.comparesWeir ? ["weir is × of it (95 %)"] : []) }
        var table = TextTable(title, columns: titles + ["rounds"], wordColumns: 2)
        let brokers = Set(entries.map(\.cell.broker)).count
        for entry in entries {
            let cell = brokers > 1 ? "\(entry.cell.broker.title): \(entry.cell.title)" : entry.cell.title
            for contestant in entry.contestants { table.rows.append([cell] + row(contestant, entry.cell, columns)) }
        }
        return table
    }

    private func row(_ contestant: Contestant, _ cell: Cell, _ columns: [Column]) -> [String] {
        var row = [label(contestant, in: cell)]
        for column in columns {
            row.append(
                record.figure(column.metric, of: contestant, in: cell).map {
                    column.text($0.value) + IntervalText.behind($0, column.text)
                }
                    ?? NumberText.absent)
            guard column.comparesWeir else { continue }
            let ratio = contestant == .weir ? nil : record.ratio(column.metric, of: .weir, to: contestant, in: cell)
            row.append(ratio.map(RatioText.text) ?? "")
        }
        return row + ["\(record.samples(contestant, in: cell).count)"]
    }

    private func label(_ contestant: Contestant, in cell: Cell) -> String {
        var label = contestant.title
        if Contestant.peers.contains(contestant), let version = record.version(of: contestant) {
            label += " \(version)"
        }
        if let why = record.missing[contestant] { return "\(label): \(why)" }
        return contestant.remark(in: cell.workload).map { "\(label) (\($0))" } ?? label
    }
}

/// A ratio for people.
enum RatioText {
    static func text(_ ratio: Ratio) -> String {
        let value = NumberText.significant(ratio.estimate.value)
        guard let interval = ratio.estimate.interval else { return value }
        let low = NumberText.significant(interval.lowerBound), high = NumberText.significant(interval.upperBound)
        return "\(value) (\(low)–\(high))"
    }
}

/// A figure whose unit is in its name.
enum NamedFigure {
    static func text(_ name: String, _ value: Double) -> String {
        if name.hasSuffix("Bytes") { return NumberText.bytes(value) }
        if name.hasSuffix("Ns") { return TimeText.latency(ns: value) }
        return NumberText.significant(value)
    }
}

extension Workload {
    var isThroughput: Bool { codec != nil }

    var isLatency: Bool {
        switch self {
        case .start, .newProducer, .keptProducer: true
        default: false
        }
    }

    var isBrokerCost: Bool { if case .brokerCost = self { true } else { false } }

    var isPartOfFloor: Bool {
        switch self {
        case .copying, .checksum: true
        default: false
        }
    }

    /// The figures of their own that cells have, by their names in samples.
    var namedFigures: [(name: String, title: String)] {
        switch self {
        case .pacing: [("p50Ns", "median late"), ("p99Ns", "p99 late"), ("maxNs", "latest")]
        case .memory:
            [
                ("peakMemoryBytes", "peak"), ("peakAboveBuffersBytes", "peak above the buffers"),
                ("memoryGrowth", "last third / middle third"),
            ]
        case .recordLatency: [("nsPerValue", "ns each")]
        case .codec:
            [("compressNsPerByte", "ns a byte, compressing"), ("decompressNsPerByte", "ns a byte, decompressing")]
        default: []
        }
    }
}
