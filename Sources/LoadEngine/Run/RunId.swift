public import Results

/// What tells a run's topics and groups from all others: its UTC start time and four letters, as
/// `20261130T152300-kqzv`.
public struct RunId: Sendable, Hashable, CustomStringConvertible {
    /// The text that stands in names.
    public let description: String
    /// When the run began.
    public let startedAt: UTCTime

    /// The id of a run that begins now; two that begin in the same second differ by their letters.
    public init(startedAt: UTCTime = .now()) {
        let letters = (0..<Self.letterCount).map { _ in Self.letters.randomElement() ?? "a" }
        self.startedAt = startedAt
        description = "\(startedAt.compact.dropLast())-\(String(letters))"
    }

    /// Reads an id; nil for anything that is not exactly one.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == Self.letterCount, parts[1].allSatisfy(Self.letters.contains),
            let startedAt = UTCTime(compact: "\(parts[0])Z")
        else { return nil }
        description = String(text)
        self.startedAt = startedAt
    }

    private static let letters = "abcdefghijklmnopqrstuvwxyz"
    private static let letterCount = 4
    /// How long each is.
    static let length = 20
}

/// The names of what a run makes: `<prefix>weir-<run id>-<experiment>-<cell>` for a topic, with
/// `-<round>` and, where each start has one, `-<start>` for a group.
///
/// With the longest prefix, experiment and numbers that the grammar allows they stay below Kafka's
/// 249 characters.
struct RunName: Sendable, Equatable {
    /// What all names of a run have after their prefix.
    static func stem(_ run: RunId) -> String { "weir-\(run)-" }

    /// The name of a cell's topic, and what those of its groups begin with.
    let base: String

    init(prefix: String, run: RunId, experiment: String, cell: Int) {
        base = "\(prefix)\(Self.stem(run))\(experiment)-\(cell)"
    }

    /// The group that all starts of a round share.
    func group(round: Int) -> String { "\(base)-\(round)" }

    /// The run that made the topic or group of this name; nil for one that is not exactly as a run
    /// names what it makes.
    static func run(of name: String) -> RunId? {
        var rest = name[...]
        // The prefix is free, so it may contain `weir-` itself.
        while let found = rest.firstRange(of: "weir-") {
            let behind = rest[found.upperBound...]
            rest = rest[rest.index(after: found.lowerBound)...]
            guard let run = RunId(behind.prefix(RunId.length)) else { continue }
            if isTail(behind.dropFirst(RunId.length)) { return run }
        }
        return nil
    }

    /// Whether this is `-<experiment>-<number>`, as all names end.
    private static func isTail(_ text: Substring) -> Bool {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count >= 3, words[0].isEmpty, let number = words.last, let first = words[1].first else {
            return false
        }
        return (1...7).contains(number.count) && number.allSatisfy(\.isASCIIDigit) && first.isASCIILetterOrDigit
            && text.allSatisfy { $0.isASCIILetterOrDigit || "._-".contains($0) }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isASCIILetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
