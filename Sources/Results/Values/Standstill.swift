/// A stretch in which one broker or partition brought nothing, although something was due of it.
public struct Standstill: Codable, Sendable, Equatable {
    /// Which, such as `broker 127.0.0.1:9092` or `partition t-3`.
    public var of: String
    /// The longest such stretch of the window, in nanoseconds.
    public var longestNs: UInt64
    /// The mean of its other stretches, in nanoseconds.
    public var usualNs: UInt64

    /// A standstill.
    public init(of: String, longestNs: UInt64, usualNs: UInt64 = 0) {
        self.of = of
        self.longestNs = longestNs
        self.usualNs = usualNs
    }
}
