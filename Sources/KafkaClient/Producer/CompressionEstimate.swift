/// How far records are expected to shrink, so that a batch is filled to its size on the wire; it
/// learns as Java's estimator does.
///
/// It falls slowly and rises fast, as a batch that turns out too large costs more than one that
/// turns out small.
struct CompressionEstimate {
    private(set) var ratio = 1.0

    /// How many bytes of records make a batch of about `byteCount` bytes, and never more than
    /// `max`.
    func recordByteCount(for byteCount: Int, max: Int) -> Int {
        min(Int(Double(byteCount) / (ratio * 1.05)), max)
    }

    /// How many bytes of a batch records of `byteCount` bytes are expected to make.
    func wireByteCount(of byteCount: Int) -> Int { Int(Double(byteCount) * ratio * 1.05) }

    /// A batch of this ratio was refused as too large: what comes next is taken not to shrink at
    /// all (KIP-126).
    mutating func refused(compressed: Int, of uncompressed: Int) {
        ratio = max(1, Double(compressed) / Double(max(uncompressed, 1)))
    }

    /// A batch came out so large.
    mutating func observed(compressed: Int, of uncompressed: Int) {
        guard uncompressed > 0 else { return }
        let seen = Double(compressed) / Double(uncompressed)
        ratio = seen > ratio ? max(ratio + 0.05, seen) : max(ratio - 0.005, seen)
        ratio = max(ratio, 0.01)
    }
}
