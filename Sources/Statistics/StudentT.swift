internal import Glibc

/// Student's t distribution.
public enum StudentT {
    /// The share of the distribution below `t`.
    public static func probability(below t: Double, degreesOfFreedom n: Double) -> Double {
        let tail = incompleteBeta(n / (n + t * t), a: n / 2, b: 0.5) / 2
        return t > 0 ? 1 - tail : tail
    }

    /// The value that the share `probability` lies below; infinite without a degree of freedom.
    public static func quantile(_ probability: Double, degreesOfFreedom n: Double) -> Double {
        guard n > 0 else { return probability < 0.5 ? -.infinity : .infinity }
        guard probability != 0.5 else { return 0 }
        // The tail is what is small, and so what is precise.
        let tail = min(probability, 1 - probability)
        let x = root(in: 0...1) { incompleteBeta($0, a: n / 2, b: 0.5) / 2 - tail }
        let distance = (n * (1 / x - 1)).squareRoot()
        return probability < 0.5 ? -distance : distance
    }
}
