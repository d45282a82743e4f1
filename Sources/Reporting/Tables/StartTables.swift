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
        let compared = ends.last { $0 != .refusal }.map { end in
            Comparison(of: "p50 \(end.heading)", key: "ratio", isLatency: true) {
                $0.latency(end).flatMap { $0.count > 0 ? Double($0.p50Ns) : nil }
            }
        }
        let comparisons = compared.map { [$0] } ?? []
        return table("", columns + ratioColumns(comparisons) + repeatColumns) { cell in
            ends.flatMap { [cell.percentile(50, $0), cell.percentile(99, $0), cell.greatest($0)] }
                + ratioEntries(cell, comparisons) + repeatEntries(cell.cell)
        }
    }

    /// The offsets that the starts began at, against those that the rule expects, and what that meant for the group.
    func offsetTable() -> Table? {
        let units = unique(cells.compactMap { StartOffsets($0.cell)?.unit })
        let counted = units.count == 1 ? "in \(units[0])" : ""
        let columns = [
            Column(title: "rule", key: "rule", isText: true),
            Column(group: "start offset", title: "expected", key: "offset.demanded", isText: true),
            Column(group: "start offset", title: "observed", key: "offset.observed", isText: true),
            Column(group: "start offset", title: "ends moved", key: "offset.widest"),
            Column(title: "checked", key: "offset.checked"),
            Column(title: "wrong", key: "offset.wrong"),
            Column(group: counted, title: "replayed", key: "replayedRecords"),
            Column(group: counted, title: "skipped", key: "skippedRecords"),
            Column(group: counted, title: "lost to retention", key: "lostRecords"),
            Column(group: counted, title: "unread", key: "unreadRecords"),
            Column(title: "counted in", key: "offset.unit", isText: true),
            Column(title: "note", key: "offset.note", isText: true),
        ]
        let caption =
            "where they started: offsets and sums over all starts on all partitions, those of invalid repeats too"
        return table(caption, columns) { cell in
            guard let offsets = StartOffsets(cell.cell) else { return columns.map { _ in .nothing } }
            let totals = offsets.totals
            return [
                .text(offsets.rule), .offsets(offsets.expected), .offsets(offsets.observed),
                offsets.widest > 0 ? .count(offsets.widest) : .nothing,
                .count(offsets.checkedCount), .count(offsets.wrongCount),
                .counted(totals.replayed, isKnown: true), .counted(totals.skipped, isKnown: true),
                .counted(totals.lost, isKnown: offsets.unit != nil),
                .counted(totals.unread, isKnown: offsets.unit != nil),
                units.count > 1 ? offsets.unit.map { .text($0) } ?? .nothing : .nothing,
                offsets.note.map { .text($0) } ?? .nothing,
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
        return table(stepsCaption(unit), columns, isWorthwhile: !names.isEmpty) { cell in
            let gaps = MilestoneGaps(cell.cell)
            guard !gaps.isEmpty else { return columns.map { _ in .nothing } }
            return names.map { .figure(gaps.gap($0), unit.figure) } + [.figure(gaps.total, unit.figure)]
        }
    }

    private var startEnds: [LatencyRecord.Kind] {
        let present = Set(cells.flatMap(\.cell.repeats).flatMap(\.latencies).map(\.kind))
        return [.ready, .firstRecord, .caughtUp, .refusal].filter(present.contains)
    }
}

extension Entry {
    /// A sum, or a dash where it does not apply; nothing where the result does not say.
    fileprivate static func counted(_ sum: Int64?, isKnown: Bool) -> Entry {
        sum.map { .count($0) } ?? (isKnown ? .leftOut : .nothing)
    }
}
