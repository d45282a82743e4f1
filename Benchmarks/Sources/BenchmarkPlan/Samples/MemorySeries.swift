/// What a process held over time, read at even intervals.
public struct MemorySeries: Sendable {
    private var bytes: [UInt64] = []

    /// A series without readings.
    public init() {}

    /// Enters a reading.
    public mutating func add(_ byteCount: UInt64) { bytes.append(byteCount) }

    /// How many times the peak of its middle third the peak of its last third is; nil of too few
    /// readings.
    public var growth: Double? {
        let third = bytes.count / 3
        guard third >= 3, let middle = bytes[third..<(2 * third)].max(), middle > 0,
            let last = bytes[(2 * third)...].max()
        else { return nil }
        return Double(last) / Double(middle)
    }
}
