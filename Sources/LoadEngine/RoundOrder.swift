import Scenario
import System

/// The order of the cells in each round, drawn from the seed, so that no cell always follows the
/// same other one.
///
/// Cells that are two sides of the same go one after the other, in an order that is drawn for each
/// two rounds: in one of them each goes first.
struct RoundOrder {
    private var generator: SplitMix64
    /// Cells that go one after the other.
    private let groups: [[Int]]
    private var isReversed = false
    private var roundCount = 0

    init(_ experiment: Experiment, seed: UInt64) {
        let cells = experiment.cells
        groups = cells.indices.reduce(into: []) { groups, cell in
            if cells[cell].instance != nil, let last = groups.last?.first, groups.last?.count == 1,
                cells[last].instance != nil, cells[last].instance != cells[cell].instance
            {
                groups[groups.count - 1].append(cell)
            } else {
                groups.append([cell])
            }
        }
        generator = SplitMix64(seed: seed, part: "order of \(experiment.name)")
    }

    mutating func next() -> [Int] {
        let order = groups.shuffled(using: &generator)
        guard groups.contains(where: { $0.count > 1 }) else { return order.flatMap(\.self) }
        isReversed = roundCount % 2 == 0 ? Bool.random(using: &generator) : !isReversed
        roundCount += 1
        return order.flatMap { isReversed ? $0.reversed() : $0 }
    }
}
