/// A wait that doubles with every failure up to a maximum, a fifth more or less by chance
/// (KIP-580).
public struct Backoff: Equatable, Sendable {
    /// The first wait.
    public var baseMs: Int
    /// The longest wait before the jitter.
    public var maxMs: Int

    /// A wait from `baseMs` to `maxMs`.
    public init(baseMs: Int, maxMs: Int) {
        self.baseMs = baseMs
        self.maxMs = maxMs
    }

    /// How long to wait after the given number of failures in a row, the first of them being 1.
    public func waitNs(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> UInt64 {
        let doubled = Double(baseMs) * Double(1 << min(max(failures - 1, 0), 30))
        let ms = min(doubled, Double(maxMs)) * Double.random(in: 0.8...1.2, using: &random)
        return UInt64(ms * 1_000_000)
    }

    /// The same with the system's random numbers.
    public func waitNs(afterFailures failures: Int) -> UInt64 {
        var random = SystemRandomNumberGenerator()
        return waitNs(afterFailures: failures, using: &random)
    }
}
