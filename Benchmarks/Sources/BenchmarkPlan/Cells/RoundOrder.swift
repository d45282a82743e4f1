import System

/// The order of one round: cells one after the other, and within each its contestants, both drawn
/// from the seed.
///
/// A cell's contestants run one after the other, so that little drifts between the two sides of a
/// ratio.
public struct RoundOrder: Sendable {
    /// One measurement to make.
    public struct Slot: Sendable, Hashable {
        /// The cell.
        public var cell: Cell
        /// Who is measured.
        public var contestant: Contestant

        /// A measurement of a contestant in a cell.
        public init(cell: Cell, contestant: Contestant) {
            self.cell = cell
            self.contestant = contestant
        }
    }

    private let seed: UInt64

    /// The orders of a run.
    public init(seed: UInt64) { self.seed = seed }

    /// Every contestant of every cell once.
    public func slots(_ entries: [Profile.Entry], round: Int) -> [Slot] {
        // The cells' ids are part of the seed, so that groups of one cell each do not all have the
        // same order.
        let cells = entries.flatMap { $0.cell.id.utf8 }.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var generator = SplitMix64(seed: cells &+ UInt64(bitPattern: Int64(round)) &* 0xd134_2543_de82_ef95)
        return entries.shuffled(using: &generator).flatMap { entry in
            entry.contestants.shuffled(using: &generator).map { Slot(cell: entry.cell, contestant: $0) }
        }
    }
}
