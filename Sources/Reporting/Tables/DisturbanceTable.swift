internal import Results
internal import Statistics

// What kept the clients from their work.
extension SectionBuilder {
    /// The most that one repeat of a cell had of each disturbance; also of invalid ones, as these are what makes them
    /// so.
    func disturbanceTable() -> Table? {
        let isStart = experiment.kind == .start
        let columns = [
            Column(group: isStart ? "outside latencies" : "without a record", title: "longest", key: "longestGapNs"),
            Column(group: isStart ? "outside latencies" : "without a record", title: "in all", key: "outsideNs"),
            Column(group: "connections", title: "lost", key: "lostConnections"),
            Column(group: "connections", title: "failed", key: "failedConnections"),
            Column(group: "requests", title: "unanswered", key: "unansweredRequests"),
            Column(group: "requests", title: "sent again", key: "retries"),
            Column(group: "held back", title: "by quotas", key: "throttledNs"),
            Column(group: "others' CPU", title: "cores", key: "othersCores"),
        ]
        let caption = "what disturbed it: the most in one repeat, invalid ones too"
        return table(caption, columns) { cell in
            [
                mostNs(cell) { $0.longestGapNs }, mostNs(cell) { $0.outsideNs },
                most(cell) { $0.lostConnections }, most(cell) { $0.failedConnections },
                most(cell) { $0.unansweredRequests }, most(cell) { $0.retries }, mostNs(cell) { $0.throttledNs },
                others(cell),
            ]
        }
    }

    /// How many of the host's cores other processes kept busy.
    private func others(_ cell: CellFigures) -> Entry {
        .figure(cell.cell.repeats.compactMap(\.othersCores).max().map { Estimate(value: $0, interval: nil) }, .amount)
    }

    private func most(_ cell: CellFigures, _ count: (Disturbances) -> Int64) -> Entry {
        guard let most = cell.cell.repeats.compactMap(\.disturbances).map(count).max(), most > 0 else {
            return .nothing
        }
        return .count(most)
    }

    private func mostNs(_ cell: CellFigures, _ time: (Disturbances) -> UInt64?) -> Entry {
        guard let most = cell.cell.repeats.compactMap(\.disturbances).compactMap(time).max(), most > 0 else {
            return .nothing
        }
        return .figure(Estimate(value: Double(most), interval: nil), .nanoseconds)
    }
}
