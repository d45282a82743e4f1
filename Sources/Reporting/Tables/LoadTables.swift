internal import Results
internal import Statistics

// The tables of producing, consuming and both.
extension SectionBuilder {
    /// Rates, latencies and the comparison: what was asked.
    func answerTable() -> Table? {
        let kind = experiment.kind
        let primary = latencyKinds.first
        let isBoth = kind == .both
        let direction = kind == .produce ? "produced" : "consumed"
        let compared = compared(primary)
        let columns =
            [
                Column(group: "asked", title: "records/s", key: "ratePerSecond"),
                Column(group: "produced", title: "records/s", key: "producedPerSecond"),
                Column(
                    group: direction, title: "records/s", key: isBoth ? "consumedPerSecond" : "recordsPerSecond",
                    staysWhenEmpty: true),
                Column(group: direction, title: "MB/s", key: "megabytesPerSecond", staysWhenEmpty: true),
            ] + percentileColumns(primary) + ratioColumns(compared) + repeatColumns
        return table("", columns) { cell in
            [
                cell.cell.load?.ratePerSecond.map { .figure(Estimate(value: $0, interval: nil), .perSecond) }
                    ?? .nothing,
                isBoth ? cell.median(.perSecond) { $0.perSecond($0.counts.acknowledged) } : .nothing,
                cell.median(.perSecond) { $0.perSecond($0.records(kind)) },
                cell.median(.megabytesPerSecond) { made in made.perSecond(made.recordBytes(kind)).map { $0 / 1e6 } },
            ] + percentileEntries(cell, primary) + ratioEntries(cell, compared) + repeatEntries(cell.cell)
        }
    }

    /// The latencies that the first table has no room for.
    func latencyTable() -> Table? {
        let others = latencyKinds.dropFirst()
        return table("other latencies", others.flatMap { percentileColumns($0) }, isWorthwhile: !others.isEmpty) {
            cell in
            others.flatMap { percentileEntries(cell, $0) }
        }
    }

    /// Where the time went, phase by phase.
    func breakdownTable() -> Table? {
        let breakdowns = cells.map { BreakdownFigures($0.cell) }
        let names = merged(breakdowns.compactMap { $0?.names })
        let unit = ColumnUnit(largestNs: breakdowns.compactMap { $0?.total?.value }.max() ?? 0)
        let columns =
            [Column(title: "per", key: "per", isText: true)]
            + names.map { Column(phase: $0, key: "phase.\($0)") } + [Column(title: "sum", key: "phase.sum")]
        return table(stepsCaption(unit), columns, isWorthwhile: !names.isEmpty) { cell in
            guard let breakdown = BreakdownFigures(cell.cell) else { return columns.map { _ in .nothing } }
            let means = names.map { Entry.figure(breakdown.mean($0), unit.figure) }
            return [.text(breakdown.per)] + means + [.figure(breakdown.total, unit.figure)]
        }
    }

    /// What stands above a table whose columns are one after the other in time.
    func stepsCaption(_ unit: ColumnUnit) -> String {
        "where the time went: mean time of each step since the one before, in \(unit.name); "
            + "the steps sum to the mean of the whole"
    }

    /// What cells of this kind are compared by: an open loop has the rate that was asked for, so its latencies say more.
    private func compared(_ primary: LatencyRecord.Kind?) -> [Comparison] {
        let kind = experiment.kind
        let rates = Comparison(of: "records/s", key: "ratio", fits: { $0 != .open && $1 != .open }) {
            $0.perSecond($0.records(kind))
        }
        guard let primary else { return [rates] }
        let medians = Comparison(
            of: "p50 \(primary.heading)", key: "ratio.p50", isLatency: true, fits: { $0 == .open && $1 == .open }
        ) {
            $0.latency(primary).flatMap { $0.count > 0 ? Double($0.p50Ns) : nil }
        }
        return [rates, medians]
    }

    private var latencyKinds: [LatencyRecord.Kind] {
        let order: [LatencyRecord.Kind] =
            experiment.kind == .both
            ? [.endToEnd, .acknowledgement, .queueing, .service, .slip]
            : [.acknowledgement, .endToEnd, .queueing, .service, .slip]
        let present = Set(cells.flatMap(\.cell.repeats).flatMap(\.latencies).map(\.kind))
        return order.filter(present.contains)
    }

    private func percentileColumns(_ kind: LatencyRecord.Kind?) -> [Column] {
        guard let kind else { return [] }
        return ["p50", "p99", "p99.9"].map { name in
            Column(group: kind.heading, title: name, key: "\(kind.key).\(name)", staysWhenEmpty: true)
        }
    }

    private func percentileEntries(_ cell: CellFigures, _ kind: LatencyRecord.Kind?) -> [Entry] {
        guard let kind else { return [] }
        return [50, 99, 99.9].map { cell.percentile($0, kind) }
    }
}

/// The unit that a whole table's times are printed in.
struct ColumnUnit {
    let name: String
    let figure: Figure.Unit

    init(largestNs: Double) {
        (name, figure) = largestNs < 9.995e6 ? ("µs", .microsecondColumn) : ("ms", .millisecondColumn)
    }
}

extension LatencyRecord.Kind {
    /// What stands above its columns.
    var heading: String {
        switch self {
        case .acknowledgement: "to the acknowledgement"
        case .endToEnd: "end to end"
        case .ready: "to ready"
        case .firstRecord: "to first record"
        case .caughtUp: "to caught up"
        case .refusal: "to refusal"
        case .service, .slip, .queueing: rawValue
        }
    }

    /// Its name in the JSON form.
    var key: String {
        switch self {
        case .acknowledgement: "acknowledgement"
        case .service: "serviceTime"
        case .slip: "scheduleSlip"
        case .queueing: "queueingTime"
        case .endToEnd: "endToEnd"
        case .ready: "ready"
        case .firstRecord: "firstRecord"
        case .caughtUp: "caughtUp"
        case .refusal: "refusal"
        }
    }
}
