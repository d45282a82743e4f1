/// Holm's correction (1979) for several tests at once.
///
/// - Returns: for each p-value whether its hypothesis is rejected, so that any false rejection
///   among them all has a probability of at most `alpha`.
public func holm(_ pValues: [Double], alpha: Double) -> [Bool] {
    var rejected = [Bool](repeating: false, count: pValues.count)
    let ascending = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    for (rank, index) in ascending.enumerated() {
        guard pValues[index] <= alpha / Double(pValues.count - rank) else { break }
        rejected[index] = true
    }
    return rejected
}
