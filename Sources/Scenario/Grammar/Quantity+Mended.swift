// What people write for an amount, and what they mean by it.
extension Quantity {
    /// How a text that is nearly an amount would be spelt; of several meanings the one of `kind`,
    /// where it is known.
    static func mended(_ text: String, as kind: Kind? = nil) -> Quantity? {
        // `1,000` and `1_000`; a single point or comma may stand before decimals, so only commas
        // before three digits go.
        let plain = text.replacing("_", with: "").replacing(/,(\d{3})(?!\d)/) { "\($0.1)" }
        guard let (number, rest) = split(plain) else { return nil }
        let unit = rest.lowercased().filter { $0 != " " }
        if let kind, let found = units(of: kind).lazy.compactMap({ meant(number, unit, $0) }).first { return found }
        if let found = Quantity(number, unit: String(rest.drop { $0 == " " })) { return found }
        return Self.likely.lazy.flatMap(units).compactMap { meant(number, unit, $0) }.first
    }

    /// A spelling from elsewhere: the amount that one of it is, as a whole number of a unit of ours
    /// or a part of one.
    private typealias Foreign = (spellings: [String], unit: String, times: UInt64, parts: UInt64)

    private static func meant(_ number: DecimalNumber, _ unit: String, _ foreign: Foreign) -> Quantity? {
        guard foreign.spellings.contains(unit) else { return nil }
        if foreign.unit == "/s" { return .rate(number.value * Double(foreign.times) / Double(foreign.parts)) }
        if foreign.unit == "ns" { return number.scaled(by: foreign.times).map { .time(ns: $0) } }
        return number.scaled(by: foreign.times).flatMap { DecimalNumber("\($0)") }
            .flatMap { Quantity($0, unit: foreign.unit) }
    }

    /// The kinds in the order in which a letter that may be of several is taken for one.
    private static let likely: [Kind] = [.byteSize, .time, .rate, .share, .records, .number]

    private static let thousands: [(letters: [String], times: UInt64)] = [
        ([""], 1), (["k"], 1_000), (["m", "mio"], 1_000_000), (["g", "bn"], 1_000_000_000),
    ]
    private static let recordNames = [
        "", "r", "record", "records", "message", "messages", "msg", "msgs", "event", "events",
    ]

    private static func units(of kind: Kind) -> [Foreign] {
        switch kind {
        case .number: thousands.dropFirst().map { ($0.letters, "", $0.times, 1) }
        case .byteSize:
            [
                (["b", "byte", "bytes"], "B", 1, 1), (["k", "kb", "kib"], "KiB", 1, 1),
                (["m", "mb", "mib"], "MiB", 1, 1), (["g", "gb", "gib"], "GiB", 1, 1),
                (["t", "tb", "tib"], "GiB", 1_024, 1),
            ]
        case .time:
            [
                (["ns", "nanos", "nanosecond", "nanoseconds"], "ns", 1, 1),
                (["us", "µs", "micros", "microsecond", "microseconds"], "ns", 1_000, 1),
                (["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"], "ns", 1_000_000, 1),
                (["s", "sec", "secs", "second", "seconds"], "ns", 1_000_000_000, 1),
                (["m", "min", "mins", "minute", "minutes"], "ns", 60_000_000_000, 1),
                (["h", "hr", "hrs", "hour", "hours"], "ns", 3_600_000_000_000, 1),
                (["d", "day", "days"], "ns", 86_400_000_000_000, 1),
                (["w", "week", "weeks"], "ns", 604_800_000_000_000, 1),
            ]
        case .rate: rates
        case .share: [(["percent", "%", "pct"], "%", 1, 1)]
        case .records:
            thousands.map { factor in
                let spellings = factor.letters.flatMap { letter in recordNames.map { letter + $0 } }
                return (spellings.filter { !$0.isEmpty }, "records", factor.times, 1)
            }
        }
    }

    private static let rates: [Foreign] = thousands.flatMap { factor in
        [(["s", "sec", "second"], 1), (["min", "m", "minute"], 60), (["h", "hour"], 3_600)].map {
            (names: [String], parts: Int) -> Foreign in
            let per = names.flatMap { ["/\($0)", "per\($0)"] }
            let whole = factor.letters.flatMap { letter in
                recordNames.flatMap { record in per.map { letter + record + $0 } }
                    + (parts == 1 ? ["rps", "ps", "hz"].map { letter + $0 } : [])
            }
            return (whole, "/s", factor.times, UInt64(parts))
        }
    }
}
