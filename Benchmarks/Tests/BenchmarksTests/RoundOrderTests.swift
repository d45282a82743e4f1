import BenchmarkPlan
import Testing

@Suite struct RoundOrderTests {
    private let entries = Profile(.bench, kafkas: []).groups[0].entries

    @Test func everyContestantOfEveryCellHasItsTurnOnce() {
        let slots = RoundOrder(seed: 7).slots(entries, round: 1)
        #expect(slots.count == entries.map(\.contestants.count).reduce(0, +))
        #expect(Set(slots).count == slots.count)
    }

    @Test func theSeedGivesTheOrderAndEachRoundAnother() {
        let order = RoundOrder(seed: 7)
        #expect(order.slots(entries, round: 1) == RoundOrder(seed: 7).slots(entries, round: 1))
        #expect(order.slots(entries, round: 1) != order.slots(entries, round: 2))
        #expect(order.slots(entries, round: 1) != RoundOrder(seed: 8).slots(entries, round: 1))
    }

    @Test func aCellsContestantsStandTogether() {
        let cells = RoundOrder(seed: 7).slots(entries, round: 3).map(\.cell)
        let changes = zip(cells, cells.dropFirst()).count { $0 != $1 }
        #expect(changes == entries.count - 1)
    }

    @Test func groupsOfOneCellEachHaveOrdersOfTheirOwn() {
        let orders = entries.filter { $0.contestants.count == 4 }.map { entry in
            RoundOrder(seed: 7).slots([entry], round: 1).map(\.contestant)
        }
        #expect(Set(orders).count > 4)
    }
}
