internal import Results
internal import Statistics

// The tables of consumer starts.
extension SectionBuilder {
    /// How long a start takes, to each of its ends.
    func startTable() -> Table? {
        let ends = startEnds
        let columns = ends.flatMap { end in
            ["p50", "p99", "max"].map {
                Column(group: end.heading, title: $0, key: "\(end.key).\($0)", staysWhenEmpty: true)
            }
        }
        return table("", columns + ratioColumns + repeatColumns) { cell in
            ends.flatMap { [cell.percentile(50, $0), cell.percentile(99, $0), cell.greatest($0)] }
                + ratioEntries(cell) { made in
                    ends.last.flatMap(made.latency).flatMap { $0.count > 0 ? Double($0.p50Ns) : nil }
                } + repeatEntries(cell.cell)
        }
    }

    /// The offsets that the starts began at, against those that the rule demands.
    func offsetTable() -> Table? {
        let columns = [
            Column(title: "rule", key: "rule", isText: true),
            Column(group: "start offset", title: "demanded", key: "offset.demanded", isText: true),
            Column(group: "start offset", title: "observed", key: "offset.observed", isText: true),
            Column(title: "checked", key: "offset.checked"),
            Column(title: "wrong", key: "offset.wrong"),
            Column(title: "replayed", key: "replayedRecords"),
            Column(title: "skipped", key: "skippedRecords"),
        ]
        let caption = "where they started: offsets of all starts on all partitions, those of invalid repeats too"
        return table(caption, columns) { cell in
            guard let offsets = StartOffsets(cell.cell) else { return columns.map { _ in .nothing } }
            return [
                .text(offsets.rule), .offsets(offsets.demanded), .offsets(offsets.observed),
                .count(offsets.checkedCount),
                .count(offsets.wrongCount), .count(offsets.replayedRecords), .count(offsets.skippedRecords),
            ]
        }
    }

    /// What the time of a start went to.
    func milestoneTable() -> Table? {
        let gaps = cells.map { MilestoneGaps($0.cell) }
        let reached = Set(gaps.flatMap(\.names))
        let names = merged(gaps.map(\.declared)).filter(reached.contains)
        let unit = ColumnUnit(largestNs: gaps.compactMap(\.total?.value).max() ?? 0)
        let columns =
            names.map { Column(phase: $0, key: "milestone.\($0)") } + [Column(title: "sum", key: "milestone.sum")]
        let caption = "milestones: mean gap to the one before in \(unit.name), which sum to the mean of the whole"
        return table(caption, columns, isWorthwhile: !names.isEmpty) { cell in
            let gaps = MilestoneGaps(cell.cell)
            guard !gaps.isEmpty else { return columns.map { _ in .nothing } }
            return names.map { .figure(gaps.gap($0), unit.figure) } + [.figure(gaps.total, unit.figure)]
        }
    }

    private var startEnds: [LatencyRecord.Kind] {
        let present = Set(cells.flatMap(\.cell.repeats).flatMap(\.latencies).map(\.kind))
        return [.ready, .firstRecord, .caughtUp].filter(present.contains)
    }
}
