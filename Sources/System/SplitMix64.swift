/// SplitMix64 (Steele, Lea and Flood 2014): random numbers that the same seed gives again.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// The numbers of a seed.
    @inlinable
    public init(seed: UInt64) { state = seed }

    /// Numbers of their own for one part of a run, so that no part changes what another draws.
    public init(seed: UInt64, part: String) {
        // FNV-1a, because Swift's own hashes differ from process to process.
        let hash = part.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        state = seed ^ hash
    }

    @inlinable
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
