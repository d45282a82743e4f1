internal import Results
internal import Statistics

// The tables of an experiment: the answer, where the time went, what it cost, what disturbed it.
extension SectionBuilder {
    /// Rates or starts, latencies and the comparison: what was asked.
    func answerTable() -> Table? {
        let latencies = latencyFields.prefix(isStart ? .max : 1).flatMap(\.fields)
        return table("", [asked] + fields(in: .answer) + latencies + ratioFields + repeatFields)
    }

    /// The rate of an open loop, as the scenario has it.
    private var asked: Field {
        Field(Column(group: "asked", title: "records/s", key: "ratePerSecond")) { figures in
            .figure(figures.cell.load?.ratePerSecond.map { Estimate(value: $0, interval: nil) }, .perSecond)
        }
    }

    /// The latencies that the first table has no room for.
    func latencyTable() -> Table? {
        isStart ? nil : table("other latencies", latencyFields.dropFirst().flatMap(\.fields))
    }

    /// The offsets that the starts began at, against those that the rule expects, and what that
    /// meant for the group.
    func offsetTable() -> Table? {
        let units = unique(cells.compactMap { StartOffsets($0.cell)?.unit })
        let counted = units.count == 1 ? "in \(units[0])" : ""
        let expected = Column(group: "start offset", title: "expected", key: "offset.demanded", isText: true)
        let observed = Column(group: "start offset", title: "observed", key: "offset.observed", isText: true)
        let sums = catalogue.metrics(in: .offsets).map { Field.metric($0, group: $0.group.isEmpty ? counted : nil) }
        let fields: [Field] =
            [
                .text("rule", key: "rule") { StartOffsets($0.cell)?.rule },
                Field(expected) { StartOffsets($0.cell).map { .offsets($0.expected) } ?? .nothing },
                Field(observed) { StartOffsets($0.cell).map { .offsets($0.observed) } ?? .nothing },
                .text("by partition", key: "offset.partitions") { StartOffsets($0.cell)?.byPartition },
            ] + sums + [
                .text("counted in", key: "offset.unit") { units.count > 1 ? StartOffsets($0.cell)?.unit : nil },
                .text("note", key: "offset.note") { StartOffsets($0.cell)?.note },
            ]
        return table(
            "where they started: offsets and sums over all starts on all partitions, those of invalid repeats too",
            fields)
    }

    /// Where the time of a record, of a producer's life or of a start went, step by step.
    func stepTable() -> Table? {
        let steps = catalogue.metrics(in: .steps)
        let means = cells.flatMap { cell in steps.compactMap { cell.estimate($0)?.value } }
        let unit = ColumnUnit(largestNs: means.max() ?? 0)
        let per = Field.text("per", key: "per") { figures in
            figures.cell.validRepeats.lazy.compactMap { StepMeans($0)?.per }.first
        }
        let columns = steps.map { step in
            Field(Column(step)) { .figure($0.estimate(step), step.unit, columnScale: unit.scale) }
        }
        return table(
            "where the time went: mean time of each step since the one before, in \(unit.name); "
                + "the steps sum to the mean of the whole",
            columns.isEmpty ? [] : (isStart ? [] : [per]) + columns)
    }

    /// What a record, or a start, cost.
    func costTable() -> Table? {
        let codec = Field.text(group: "codec", "stored", key: "codecsStored") { figures in
            let codecs = figures.cell.repeats.compactMap(\.reconciliation).flatMap { $0.codecsStored.keys.sorted() }
            return codecs.isEmpty ? nil : unique(codecs).joined(separator: ", ")
        }
        return table("what it cost", fields(in: .cost) + [codec])
    }

    /// How many requests it took, by API.
    func requestTable() -> Table? { table("requests that it took, by API", fields(in: .requests)) }

    /// The most of each disturbance in one repeat of a cell, invalid ones included, because a
    /// disturbance may be why.
    func disturbanceTable() -> Table? {
        table("what disturbed it: the most in one repeat, invalid ones too", fields(in: .disturbances))
    }

    /// The figures that no table has room for.
    func unshownTable() -> Table? { table("", fields(in: .none)) }

    private var isStart: Bool { experiment.kind == .start }
}

/// The unit that a whole table's times are printed in.
struct ColumnUnit {
    let name: String
    let scale: Scale

    init(largestNs: Double) {
        (name, scale) = largestNs < 9.995e6 ? ("µs", Scale(divisor: 1e3)) : ("ms", Scale(divisor: 1e6))
    }
}
