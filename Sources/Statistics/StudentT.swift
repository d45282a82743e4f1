internal import Glibc

/// The 97.5th percentile of Student's t, which a two-sided 95 % interval is wide; four decimals.
public func studentT975(degreesOfFreedom: Int) -> Double {
    guard degreesOfFreedom > 0 else { return .infinity }
    if degreesOfFreedom <= table.count { return table[degreesOfFreedom - 1] }
    // Cornish and Fisher's expansion around the normal distribution: four decimals from here on.
    let z = 1.959963985
    let (z3, z5, z7) = (pow(z, 3), pow(z, 5), pow(z, 7))
    let n = Double(degreesOfFreedom)
    let first = (z3 + z) / (4 * n)
    let second = (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
    let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n)
    return z + first + second + third
}

private let table = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
]
