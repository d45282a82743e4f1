import Testing

@testable import Scenario

/// What belongs to others is neither written to nor moved unless the file says so.
@Suite struct GuestRulesTests {
    private func starting(_ start: String, topic: String = "{existing: x}") -> String {
        scenario("start: {\(start)}\ntopic: \(topic)")
    }

    @Test(arguments: ["", "consume: {}"])
    func producingToAnExistingTopicMustBeAllowed(beside: String) throws {
        let text = produce(
            "value: {size: 100 B}", "load: unlimited", file: "topic: {existing: x}",
            experiment: beside.isEmpty ? [] : [beside])
        #expect(
            problems(text, servers: "a:9092") == [
                "f:3:19: produce would write to 'x', which this run did not make: say topic: {existing: x, writes: yes} if it may"
            ])
        let allowed = text.replacing("existing: x}", with: "existing: x, writes: yes}")
        #expect(
            try warnings(allowed, servers: "a:9092") == [
                "f:3:19: what is written stays in 'x': an existing topic is never emptied"
            ])
        #expect(
            problems(text.replacing("existing: x}", with: "existing: x, writes: no}"), servers: "a:9092").count == 1)
    }

    @Test(arguments: [
        ("", "a new group, auto.offset.reset: latest"),
        ("until: caught up", "a new group, auto.offset.reset: latest"),
        ("group: {name: p-*}", "a new group, auto.offset.reset: latest"),
        ("group: none", "group: none, auto.offset.reset: latest"),
        ("reset: on start", "reset: on start, auto.offset.reset: latest"),
        ("reset: on start, committed: {at: 5}", "reset: on start, auto.offset.reset: latest"),
        ("reset: on start, group: {existing: g}", "reset: on start, auto.offset.reset: latest"),
        ("committed: {behind: 0 records}", "committed: {behind: 0 records}"),
    ])
    func aStartAtTheEndOfAnExistingTopicWantsARecord(start: String, cause: String) {
        let found = problems(starting(start), servers: "a:9092")
        #expect(found.count == 1 && found[0].contains("begins at the end of 'x' (\(cause))"), "\(found)")
        #expect(
            found[0].hasSuffix(
                "say until: ready, or topic: {existing: x, writes: yes} to have a record written to each partition"))
        let separator = start.isEmpty ? "" : ", "
        if !start.contains("until") {
            #expect(problems(starting(start + separator + "until: ready"), servers: "a:9092").isEmpty)
        }
        #expect(problems(starting(start, topic: "{existing: x, writes: yes}"), servers: "a:9092").isEmpty)
    }

    @Test(arguments: [
        "consumer: {auto.offset.reset: earliest}", "committed: {behind: 5 records}", "committed: {at: 5}",
        "group: {existing: g}", "group: none, consumer: {auto.offset.reset: earliest}",
        "reset: on start, consumer: {auto.offset.reset: earliest}",
        "group: {existing: g, commits: yes}, committed: {behind: 5 records}",
        "group: {existing: g}, consumer: {auto.offset.reset: none}",
        "group: {existing: g, commits: no}, until: caught up",
    ])
    func whatReadsAndMovesOnlyItsOwnNeedsNoLeave(start: String) {
        #expect(problems(starting(start), servers: "a:9092").isEmpty)
    }

    @Test(arguments: [
        (
            "group: {existing: g}, committed: {behind: 5 records}",
            "f:5:46: committed would move 'g', which is not this run's: say group: new for a group of the run's own, "
                + "group: {existing: g, commits: yes} if it may be moved and put back, or leave committed out to start from its own commits"
        ),
        (
            "group: {existing: g, commits: yes}",
            "f:5:43: commits: yes lets a start commit for 'g', and without committed: {behind: …} or {at: …} nothing is: say which, or leave it out"
        ),
        (
            "group: {existing: g}, committed: none",
            "f:5:46: committed: none wants a group without commits, and 'g' keeps its own: leave committed out, or say group: new"
        ),
        (
            "until: ready, group: {commits: yes}",
            "f:5:44: commits belongs beside existing: the run's own groups are its own to commit to"
        ),
        (
            "until: ready, group: {name: p-*, commits: yes}",
            "f:5:46: 'commits' and 'name' exclude each other: only one can stand here"
        ),
        ("until: ready, group: {existing: \"\"}", "f:5:45: existing is empty: write a group's name"),
    ])
    func groups(start: String, message: String) {
        #expect(problems(starting(start), servers: "a:9092") == [message])
    }

    @Test func aGroupCanHaveNoCommitsOnATopicThatIsMade() {
        #expect(
            problems(starting("until: ready, group: {existing: g}", topic: "{partitions: 2}")) == [
                "f:5:45: group 'g' can have no commits on a topic that is made now: say topic: {existing: NAME}, or group: new"
            ])
    }

    @Test func writesSaysSomethingOfAnExistingTopicOnly() throws {
        #expect(
            problems(starting("until: ready", topic: "{writes: yes}")) == [
                "f:6:21: writes belongs beside existing: a topic that the run makes is its own to write to"
            ])
        #expect(
            try warnings(starting("until: ready", topic: "{existing: x, writes: yes}"), servers: "a:1") == [
                "f:6:34: 'writes' has no effect: nothing is written here"
            ])
        // A case that makes a topic takes leave of both.
        let cases = scenario(
            "start: {until: first record, consumer: {auto.offset.reset: latest}}\ntopic: {existing: x, writes: yes}\ncases: {theirs: {}, own: {topic: {partitions: 2}}}"
        )
        #expect(problems(cases, servers: "a:1").isEmpty)
    }
}
