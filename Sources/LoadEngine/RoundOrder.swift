import System

/// The order of the cells in each round, drawn from the seed, so that no cell always follows the
/// same other one.
struct RoundOrder {
    private var generator: SplitMix64
    private let cellCount: Int

    init(cellCount: Int, seed: UInt64, experiment: String) {
        self.cellCount = cellCount
        generator = SplitMix64(seed: seed, part: "order of \(experiment)")
    }

    mutating func next() -> [Int] { Array(0..<cellCount).shuffled(using: &generator) }
}
