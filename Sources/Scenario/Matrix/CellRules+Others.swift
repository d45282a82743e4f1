/// What belongs to others: nothing of it is written or committed to unless the scenario says so.
extension CellBuilder {
    mutating func checkOthers(_ cell: CellDraft) {
        guard !root["topic"].isDoubtful else { return }
        if let writes = root["topic"]["writes"].mark, cell.topic.existing == nil {
            problems.error(writes, "writes belongs beside existing: a topic that the run makes is its own to write to")
        }
        if let topic = cell.topic.existing, case .cluster = cell.target { checkWrites(to: topic, cell) }
        if let start = cell.start, !root["start"].isDoubtful { checkGroup(start, cell.topic) }
    }

    private mutating func checkWrites(to topic: String, _ cell: CellDraft) {
        let existing = root["topic"]["existing"].mark ?? mark
        guard cell.topic.allowsWrites else {
            if cell.produce != nil {
                problems.error(
                    existing,
                    "produce would write to '\(topic)', which this run did not make: say topic: {existing: \(topic), writes: yes} if it may"
                )
            }
            if let start = cell.start { checkArrival(start, topic) }
            return
        }
        let isWritten = cell.produce != nil || cell.start.map(Self.mayNeedRecord) == true
        ineffective.note(
            root["topic"]["writes"].mark, hasEffect: isWritten, "'writes' has no effect: nothing is written here")
        if isWritten {
            problems.warn(existing, "what is written stays in '\(topic)': an existing topic is never emptied")
        }
    }

    /// At the end of a log nothing arrives by itself.
    private mutating func checkArrival(_ start: StartSpec, _ topic: String) {
        let section = root["start"]
        guard start.until != .ready, !section.isDoubtful, let cause = Self.beginsAtEnd(start) else { return }
        problems.error(
            (start.committed == .behind(records: 0) ? section["committed"].mark : nil)
                ?? section["consumer"]["auto.offset.reset"].mark ?? section.mark ?? mark,
            "this start begins at the end of '\(topic)' (\(cause)), where nothing arrives by itself: say until: ready, "
                + "or topic: {existing: \(topic), writes: yes} to have a record written to each partition")
    }

    /// Why a start begins at the end of an existing topic's log, if it surely does.
    private static func beginsAtEnd(_ start: StartSpec) -> String? {
        let isLatest = start.properties["auto.offset.reset"] == "latest"
        if start.position != nil { return nil }
        if start.resetsOnStart { return isLatest ? "reset: on start, auto.offset.reset: latest" : nil }
        switch (start.group, start.committed) {
        case (.new, .behind(records: 0)), (.existing, .behind(records: 0)): return "committed: {behind: 0 records}"
        case (.new, .nothing): return isLatest ? "a new group, auto.offset.reset: latest" : nil
        case (.groupless, _): return isLatest ? "group: none, auto.offset.reset: latest" : nil
        default: return nil
        }
    }

    /// Whether a start may come to the end of the log, where it needs a record.
    private static func mayNeedRecord(_ start: StartSpec) -> Bool {
        guard start.until != .ready else { return false }
        switch start.position {
        case .timestamp, .ago: return true
        case nil, .offset, .last: break
        }
        let policy = start.properties["auto.offset.reset"] ?? ""
        return policy == "latest" || policy.hasPrefix(KafkaOption.durationPrefix) || beginsAtEnd(start) != nil
    }

    private mutating func checkGroup(_ start: StartSpec, _ topic: TopicSpec) {
        let section = root["start"]["group"]
        if let commits = section["commits"].mark, section["existing"].isAbsent {
            problems.error(commits, "commits belongs beside existing: the run's own groups are its own to commit to")
        }
        guard case .existing(let name, let commits) = start.group else { return }
        let place = section["existing"].mark ?? mark
        guard !name.isEmpty else {
            problems.error(place, "existing is empty: write a group's name")
            return
        }
        guard topic.existing != nil else {
            problems.error(
                place,
                "group '\(name)' can have no commits on a topic that is made now: say topic: {existing: NAME}, or group: new"
            )
            return
        }
        checkCommits(start, name, mayCommit: commits)
    }

    private mutating func checkCommits(_ start: StartSpec, _ name: String, mayCommit: Bool) {
        let committed = root["start"]["committed"]
        if start.committed == .nothing {
            if let none = committed.mark {
                problems.error(
                    none,
                    "committed: none wants a group without commits, and '\(name)' keeps its own: leave committed out, or say group: new"
                )
            } else if mayCommit {
                problems.error(
                    root["start"]["group"]["commits"].mark ?? mark,
                    "commits: yes lets a start commit for '\(name)', and without committed: {behind: …} or {at: …} nothing is: say which, or leave it out"
                )
            }
        } else if !mayCommit {
            problems.error(
                committed.mark ?? mark,
                "committed would move '\(name)', which is not this run's: say group: new for a group of the run's own, "
                    + "group: {existing: \(name), commits: yes} if it may be moved and put back, or leave committed out to start from its own commits"
            )
        }
    }
}
