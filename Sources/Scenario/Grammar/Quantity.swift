/// An amount with its unit, as Weir's own keys take them.
enum Quantity: Equatable {
    case number(UInt64)
    case byteSize(UInt64)
    case time(ns: UInt64)
    case rate(Double)
    case share(Double)
    case records(UInt64)

    enum Kind: CaseIterable {
        case number, byteSize, time, rate, share, records
    }

    var kind: Kind {
        switch self {
        case .number: .number
        case .byteSize: .byteSize
        case .time: .time
        case .rate: .rate
        case .share: .share
        case .records: .records
        }
    }

    /// Units by their one spelling, with what one of them is in bytes or nanoseconds.
    private static let sizes: [(unit: String, multiplier: UInt64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]
    private static let times: [(unit: String, multiplier: UInt64)] = [
        ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ]
    /// The amount a text says, if it is spelt as amounts are.
    init?(_ text: String) {
        guard let (number, rest) = Self.split(text) else { return nil }
        let isSpaced = rest.first == " "
        let unit = isSpaced ? String(rest.dropFirst()) : rest
        guard isSpaced == !(unit.isEmpty || unit == "/s") else { return nil }
        self.init(number, unit: unit)
    }

    init?(_ number: DecimalNumber, unit: String) {
        switch unit {
        case "":
            guard let count = number.scaled(by: 1) else { return nil }
            self = .number(count)
        case "/s": self = .rate(number.value)
        case "%": self = .share(number.value / 100)
        case "record", "records":
            guard let count = number.scaled(by: 1) else { return nil }
            self = .records(count)
        default:
            if let size = Self.sizes.first(where: { $0.unit == unit }) {
                guard number.isWhole, let byteCount = number.scaled(by: size.multiplier) else { return nil }
                self = .byteSize(byteCount)
            } else if let time = Self.times.first(where: { $0.unit == unit }) {
                guard let ns = number.scaled(by: time.multiplier) else { return nil }
                self = .time(ns: ns)
            } else {
                return nil
            }
        }
    }

    /// A number and what stands behind it.
    static func split(_ text: String) -> (DecimalNumber, rest: String)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = DecimalNumber(digits) else { return nil }
        return (number, String(text.dropFirst(digits.count)))
    }

    /// The one way to write it: the largest unit of which it is a whole number.
    var text: String {
        switch self {
        case .number(let count): "\(count)"
        case .byteSize(let byteCount): Self.text(byteCount, Self.sizes)
        case .time(let ns) where ns % 1_000_000 != 0: "\(DecimalNumber.text(Double(ns) / 1e6)) ms"
        case .time(let ns): Self.text(ns, Self.times)
        case .rate(let perSecond): "\(DecimalNumber.text(perSecond))/s"
        case .share(let share): "\(DecimalNumber.text(share * 100)) %"
        case .records(let count): count == 1 ? "1 record" : "\(count) records"
        }
    }

    private static func text(_ amount: UInt64, _ units: [(unit: String, multiplier: UInt64)]) -> String {
        // Zero is a whole number of any unit; the plain one is the one to write.
        let zero = units.contains { $0.unit == "B" } ? "0 B" : "0 s"
        guard amount > 0, let unit = units.first(where: { amount % $0.multiplier == 0 }) else { return zero }
        return "\(amount / unit.multiplier) \(unit.unit)"
    }
}

extension Quantity.Kind {
    /// What an amount of this kind is called.
    var noun: String {
        switch self {
        case .number: "number"
        case .byteSize: "size"
        case .time: "time"
        case .rate: "rate"
        case .share: "share"
        case .records: "amount of records"
        }
    }

    /// What to write.
    var wanted: String {
        switch self {
        case .number: "a number"
        case .byteSize: "a size like 100 B or 1 KiB"
        case .time: "a time like 500 ms or 10 s"
        case .rate: "a rate like 2000/s"
        case .share: "a share like 50 %"
        case .records: "an amount like 1000 records"
        }
    }

    /// The article its noun takes.
    var article: String { self == .records ? "an" : "a" }

    /// Its spelling as a regular expression.
    var pattern: String {
        let whole = "(0|[1-9][0-9]*)"
        let decimal = whole + "(\\.[0-9]+)?"
        return switch self {
        case .number: "^\(whole)$"
        case .byteSize: "^\(whole) (B|KiB|MiB|GiB)$"
        case .time: "^\(decimal) (ms|s|min|h)$"
        case .rate: "^\(decimal)/s$"
        case .share: "^\(decimal) %$"
        case .records: "^\(whole) records?$"
        }
    }
}
