/// What a single value may be.
enum Scalar: Sendable {
    case number(ClosedRange<UInt64>)
    case byteSize(ClosedRange<UInt64>)
    case time(ns: ClosedRange<UInt64>)
    case rate(ClosedRange<Double>)
    case share
    case records(ClosedRange<UInt64>)
    /// How far back something lies, counted in records or in time.
    case recordsOrTime(records: ClosedRange<UInt64>, ns: ClosedRange<UInt64>)
    /// A moment as ISO 8601 writes it, with its zone.
    case moment
    case word([String])
    case text(lengthMax: Int)
    /// Something that must look like a pattern; `wanted` says how.
    case name(NamePattern)
    case option(KafkaOption)
    /// A line of `expect`.
    case expectation
}

/// How a name may look.
struct NamePattern: Sendable {
    var wanted: String
    /// Its first character, then the others, then what may end it.
    var pattern: String
    private let first: Set<Character>
    private let rest: Set<Character>
    private let ending: String
    private let mayBeEmpty: Bool
    private let lengthMax: Int

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    /// Names of scenarios, experiments and cases: they stand in file names and on the command line.
    static let identifier = NamePattern(
        wanted: "letters, digits, '.', '_' and '-', at most 64", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        first: Set(letters), rest: Set(letters + "._-"), lengthMax: 64)
    /// A topic's name by Kafka's rule.
    static let topic = NamePattern(
        wanted: "a topic's name: letters, digits, '.', '_' and '-', at most 249", pattern: "^[A-Za-z0-9._-]{1,249}$",
        first: Set(letters + "._-"), rest: Set(letters + "._-"), lengthMax: 249)
    /// A prefix of topics' and groups' names, ended by a star; the rest of a name is Weir's. The
    /// star alone is no prefix.
    static let topicPrefix = NamePattern(
        wanted: "a prefix of names with a star at its end, like perf-*", pattern: "^[A-Za-z0-9._-]{0,100}\\*$",
        first: Set(letters + "._-"), rest: Set(letters + "._-"), ending: "*", mayBeEmpty: true, lengthMax: 100)

    private init(
        wanted: String, pattern: String, first: Set<Character>, rest: Set<Character>, ending: String = "",
        mayBeEmpty: Bool = false, lengthMax: Int
    ) {
        self.wanted = wanted
        self.pattern = pattern
        self.first = first
        self.rest = rest
        self.ending = ending
        self.mayBeEmpty = mayBeEmpty
        self.lengthMax = lengthMax
    }

    func matches(_ text: String) -> Bool {
        guard text.hasSuffix(ending) else { return false }
        let name = text.dropLast(ending.count)
        guard let head = name.first else { return mayBeEmpty }
        guard first.contains(head), name.count <= lengthMax else { return false }
        return name.allSatisfy(rest.contains)
    }
}

extension Scalar {
    static let momentPattern =
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})$"
    static let momentWanted = "a moment like 2026-01-31T13:45:00Z"

    /// The kind of amount it is, if it is one.
    var quantity: Quantity.Kind? {
        switch self {
        case .number: .number
        case .byteSize: .byteSize
        case .time: .time
        case .rate: .rate
        case .share: .share
        case .records: .records
        case .recordsOrTime, .moment, .word, .text, .name, .option, .expectation: nil
        }
    }

    /// The smallest and the largest amount.
    var bounds: (least: Quantity, most: Quantity)? {
        switch self {
        case .number(let range): (.number(range.lowerBound), .number(range.upperBound))
        case .byteSize(let range): (.byteSize(range.lowerBound), .byteSize(range.upperBound))
        case .time(let range): (.time(ns: range.lowerBound), .time(ns: range.upperBound))
        case .rate(let range): (.rate(range.lowerBound), .rate(range.upperBound))
        case .share: (.share(0), .share(1))
        case .records(let range): (.records(range.lowerBound), .records(range.upperBound))
        case .recordsOrTime, .moment, .word, .text, .name, .option, .expectation: nil
        }
    }
}

extension Quantity {
    /// The amount as a number, to compare with another of its kind.
    var amount: Double {
        switch self {
        case .number(let count), .byteSize(let count), .time(let count), .records(let count): Double(count)
        case .rate(let value), .share(let value): value
        }
    }
}
