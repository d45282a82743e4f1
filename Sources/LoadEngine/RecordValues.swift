import System

/// The values that a load writes: as many different ones as fit a bounded arena, each of one size
/// and with one share of incompressible bytes.
public struct RecordValues: Sendable {
    /// The bytes of every value, one after the other.
    public let arena: [UInt8]
    /// The size of a value.
    public let byteCount: Int
    /// How many values there are.
    public let count: Int

    /// Values of `byteCount` bytes, of which the share `random` (0…1) cannot be compressed; they
    /// are few enough to stay in the processor's cache.
    ///
    /// With a codec there are more values, because it must not find a value twice in one batch.
    public init(byteCount: Int, random: Double, seed: UInt64, isCompressed: Bool) {
        self.byteCount = byteCount
        // Without a codec, more values would only take cache from the producer: with 1 MiB of them,
        // a record of 1 KiB cost a tenth more.
        let arenaByteCountMax = isCompressed ? 1 << 20 : 1 << 18
        count = byteCount == 0 ? 1 : max(1, min(4096, arenaByteCountMax / byteCount))
        var generator = SplitMix64(seed: seed, part: "payload")
        let randomCount = Int((Double(byteCount) * random).rounded())
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount * count)
        for _ in 0..<count {
            for _ in 0..<randomCount { bytes.append(UInt8(truncatingIfNeeded: generator.next() >> 32)) }
            for i in randomCount..<max(byteCount, randomCount) { bytes.append(Self.text[i % Self.text.count]) }
        }
        arena = bytes
    }

    /// What the compressible part repeats.
    private static let text = Array("weir measures the flow of a stream; ".utf8)

    /// Where the value of the n-th record lies in the arena.
    @inline(__always)
    func offset(ofRecord ordinal: Int) -> Int { (ordinal % count) &* byteCount }
}
