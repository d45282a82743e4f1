// Where starts began, and what that meant for their groups.
extension Metric {
    static let offsets: [Metric] = [
        Metric(
            "drainedPerSecond", group: "backlog drained", "records/s", .perSecond, better: .higher, .ratio, in: .answer,
            about: "what was unread when starts began, a second from the first Fetch to caught up"
        ) { $0.starts?.drainedPerSecond },
        Metric(
            "offset.widest", group: "ends", "moved", .one, better: .neither, .count, .greatestOfAll, in: .offsets,
            about: "how many offsets apart the first and the last right one of a start lie, as the log's ends "
                + "or the group's commit moved"
        ) { made in made.starts.map { Double($0.partitions.map(\.widest).max() ?? 0) } },
        counted("offset.checked", group: "checked", "starts", .neither, "starts, counted on every partition") {
            Double($0.partitions.map(\.observed.count).reduce(0, +))
        },
        counted("offset.wrong", group: "wrong", "starts", .lower, "those that began elsewhere than they must") {
            Double($0.wrongCount)
        },
        counted(
            "replayedRecords", "replayed", .lower,
            "before the commit c and read again: max(0, c - max(s, L)), from the start s in the log L to E"
        ) {
            $0.totals.replayed.map { Double($0) }
        },
        counted("skippedRecords", "skipped", .lower, "after the commit and passed over: max(0, min(s, E) - max(c, L))")
        {
            $0.totals.skipped.map { Double($0) }
        },
        counted("lostRecords", "lost to retention", .lower, "after the commit and no longer in the log: max(0, L - c)")
        {
            $0.totals.lost.map { Double($0) }
        },
        counted("unreadRecords", "unread", .neither, "from the start to the end: max(0, E - s)") {
            $0.totals.unread.map { Double($0) }
        },
    ]

    /// A sum over all starts on all partitions.
    private static func counted(
        _ key: String, group: String = "", _ name: String, _ better: Direction, _ about: String,
        _ value: @escaping @Sendable (StartsRecord) -> Double?
    ) -> Metric {
        Metric(
            key, group: group, name, .one, better: better, .count, .totalOfAll, in: .offsets, about: about
        ) { made in made.starts.flatMap { $0.partitions.isEmpty ? nil : value($0) } }
    }
}
