/// A number in decimal digits, kept exact.
struct DecimalNumber {
    private let digits: UInt64
    private let fractionDigits: Int

    /// The number a text says: no sign, no exponent, no zeros before, up to nine places.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.count <= 20 else { return nil }
        guard whole == "0" || whole.first != "0" else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || (1...9).contains(fraction.count) else { return nil }
        let all = String(whole) + String(fraction)
        guard all.utf8.allSatisfy({ (48...57).contains($0) }), let digits = UInt64(all) else { return nil }
        self.digits = digits
        fractionDigits = fraction.count
    }

    var isWhole: Bool { fractionDigits == 0 }

    var value: Double { Double(digits) / Double(power) }

    private var power: UInt64 { (0..<fractionDigits).reduce(1) { product, _ in product * 10 } }

    /// The number times a multiplier, if that is whole and fits.
    func scaled(by multiplier: UInt64) -> UInt64? {
        let (product, isTooLarge) = digits.multipliedReportingOverflow(by: multiplier)
        guard !isTooLarge, product % power == 0 else { return nil }
        return product / power
    }

    /// A value in as few decimal digits as say it, without an exponent or an idle fraction; at most
    /// nine places.
    static func text(_ value: Double) -> String {
        let billionths = (value * 1e9).rounded()
        guard billionths < 9e18 else { return "\(UInt64(value))" }
        let whole = UInt64(billionths) / 1_000_000_000
        var fraction = String(UInt64(billionths) % 1_000_000_000 + 1_000_000_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)"
    }
}
