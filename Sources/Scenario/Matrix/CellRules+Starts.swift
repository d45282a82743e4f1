// What a start can begin from.
extension CellBuilder {
    mutating func checkStart(_ start: StartSpec, _ topic: TopicSpec) {
        let section = root["start"]
        if start.group == .groupless, start.committed != .nothing {
            problems.error(
                section["committed"].mark ?? mark,
                "committed says where a group's commit stands, and group: none has no group")
            return
        }
        guard !root["topic"].isDoubtful, !section.isDoubtful else { return }
        let end = Int64(topic.preloadedPerPartition)
        if topic.existing == nil, case .behind(let records) = start.committed, Int64(records) > end {
            problems.error(
                section["committed"]["behind"].mark ?? mark,
                "committed \(Self.records(records)) behind the end, and the preload leaves \(end) on each partition")
            return
        }
        checkCommit(start, topic, end: end)
        checkSought(start)
        checkPosition(start, topic, end: end)
    }

    /// The states of a commit that a topic of the run's own must make possible.
    private mutating func checkCommit(_ start: StartSpec, _ topic: TopicSpec, end: Int64) {
        let place = root["start"]["committed"].mark ?? mark
        switch start.committed {
        case .belowStart where topic.existing == nil && topic.trimRecordCount == 0:
            problems.error(
                place, "committed: below start wants a log that does not begin at 0: say topic: {trim: 1000 records}")
        case .behindTime(let ns) where topic.existing == nil && topic.preload?.spanNs ?? 0 < ns:
            problems.error(
                place,
                "committed \(Quantity.time(ns: ns).text) behind the end, and no record of the preload is that old: say preload: {over: …} for timestamps further apart"
            )
        case .expired:
            guard case .existing(let name, _) = start.group else { return }
            problems.error(
                place, "committed: expired deletes a group's commits, and '\(name)' is not this run's: say group: new")
        default: break
        }
    }

    private mutating func checkSought(_ start: StartSpec) {
        guard start.position != nil, start.resetsOnStart else { return }
        problems.error(
            root["start"]["at"].mark ?? mark,
            "at and reset: on start each say where a start begins, whatever is committed: only one can stand here")
    }

    /// Where a start begins, as far as the file says, and whether anything can arrive from there.
    private mutating func checkPosition(_ start: StartSpec, _ topic: TopicSpec, end: Int64) {
        // The commits of somebody's group are not known yet.
        if case .existing = start.group, start.committed == .nothing, !start.resetsOnStart { return }
        // Where a moment leads to shows when it is asked for.
        if case .behindTime = start.committed, start.position == nil, !start.resetsOnStart { return }
        let log = Int64(topic.trimRecordCount)...max(Int64(topic.trimRecordCount), end)
        var commit: Int64? =
            switch start.committed {
            case .nothing, .behindTime, .belowStart, .aboveEnd, .expired: nil
            case .behind(let records): end - Int64(records)
            case .at(let offset): offset
            }
        if start.resetsOnStart { commit = nil }
        switch start.position {
        case nil: break
        case .offset(let offset): commit = offset
        case .timestamp, .ago, .last: return
        }
        if let offset = commit, topic.existing == nil, !log.contains(offset) { commit = nil }
        let policy = start.properties["auto.offset.reset"]
        let place = root["start"]["consumer"]["auto.offset.reset"].mark ?? root["start"].mark ?? mark
        // A refusal that must come is a result.
        if commit == nil, policy == "none" { return }
        guard topic.existing == nil, start.until != .ready, commit != nil || policy == "earliest" else { return }
        if (commit ?? log.lowerBound) >= end {
            problems.error(
                place, "nothing is left to read from where this start begins: preload more, or say until: ready")
        }
    }
}
