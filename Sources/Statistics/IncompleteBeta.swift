internal import Glibc

/// The regularized incomplete beta function I_x(a, b): the share of a beta distribution below `x`.
///
/// By the continued fraction of Abramowitz and Stegun, 26.5.8, evaluated by Lentz's method;
/// a, b > 0. About 13 digits are right for a + b up to a million.
public func incompleteBeta(_ x: Double, a: Double, b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean only.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, a: b, b: a) }
    let logFront = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    return exp(logFront) * continuedFraction(x, a, b) / a
}

private func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var product = d
    for step in 1...10_000 {
        let m = Double(step)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / kept(1 + even * d)
        c = kept(1 + even / c)
        product *= d * c
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / kept(1 + odd * d)
        c = kept(1 + odd / c)
        product *= d * c
        if abs(d * c - 1) < 1e-15 { break }
    }
    return product
}

/// The `x` in `range` at which a function that rises crosses zero, by halving.
func root(in range: ClosedRange<Double>, of rising: (Double) -> Double) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    // Halved often enough for every bit of a double.
    for _ in 0..<200 {
        let middle = low + (high - low) / 2
        guard middle > low, middle < high else { break }
        if rising(middle) < 0 { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
}
