import BenchmarkPlan

/// What the command line says.
struct Arguments {
    enum Command {
        case measure(Profile.Name)
        case show(path: String)
        case help
    }

    var command: Command
    var root = "."
    var weir: String?
    var kafkaHomes: [String]?
    var rounds: Int?
    var seed: UInt64?
    var only: [String] = []
    var out: String?
    var timeLimitSeconds: Int?
    var partitions: Int?
    var restarts = false
    var isMarkdown = false

    /// Reads the words after the program's name.
    init(_ words: [String]) throws(UsageError) {
        var rest = words[...]
        guard let first = rest.popFirst(), !words.contains("--help"), !words.contains("-h") else {
            command = .help
            return
        }
        if let name = Profile.Name(rawValue: first) {
            command = .measure(name)
        } else if first == "show" {
            guard let path = rest.popFirst(), !path.hasPrefix("-") else { throw UsageError("show wants a FILE") }
            command = .show(path: path)
        } else {
            throw UsageError("unknown command '\(first)': it is quick, bench, full or show")
        }
        while let word = rest.popFirst() { try read(word, &rest) }
    }

    private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        switch word {
        case "--root": root = try Self.value(word, &rest)
        case "--weir": weir = try Self.value(word, &rest)
        case "--kafka-home": kafkaHomes = (kafkaHomes ?? []) + [try Self.value(word, &rest)]
        case "--rounds": rounds = try Self.number(word, &rest, 1...1_000)
        case "--seed": seed = UInt64(try Self.number(word, &rest, 0...(1 << 53 - 1)))
        case "--only": only.append(try Self.value(word, &rest))
        case "--out": out = try Self.value(word, &rest)
        case "--time-limit": timeLimitSeconds = try Self.number(word, &rest, 1...10_000) * 60
        case "--partitions": partitions = try Self.number(word, &rest, 1...1_000)
        case "--restart": restarts = true
        case "--format": isMarkdown = try Self.format(word, &rest)
        default: throw UsageError("unknown option '\(word)'")
        }
    }

    private static func value(_ option: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> String {
        guard let value = rest.popFirst(), !value.hasPrefix("--") else { throw UsageError("\(option) wants a value") }
        return value
    }

    private static func number(
        _ option: String, _ rest: inout ArraySlice<String>, _ range: ClosedRange<Int>
    ) throws(UsageError) -> Int {
        let text = try value(option, &rest)
        guard let number = Int(text), range.contains(number) else {
            throw UsageError("\(option) '\(text)' is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func format(_ option: String, _ rest: inout ArraySlice<String>) throws(UsageError) -> Bool {
        let text = try value(option, &rest)
        guard ["table", "markdown"].contains(text) else {
            throw UsageError("\(option) '\(text)' is none of table, markdown")
        }
        return text == "markdown"
    }
}

/// A command line that can't be understood, in words for its user.
struct UsageError: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

let usage = """
    weir-bench measures Weir beside librdkafka, other clients and the machine's floors.

    usage: weir-bench quick|bench|full [OPTIONS]
           weir-bench show FILE [--format table|markdown]

    commands:
      quick   a smoke of bench, one round, in under 3 minutes
      bench   weir, librdkafka and the floors on the embedded broker, 7 rounds, in under 15 minutes
      full    every peer on the embedded broker and each Apache Kafka; goes on where it was broken off
      show    print the tables of a record again

    options:
      --rounds N           rounds of each cell (quick 1, else 7); targets are judged from 7 on
      --only TEXT          only the cells whose id contains TEXT, such as embedded/fetch; may be repeated
      --seed N             what order and payload are drawn from (drawn, and recorded, unless given)
      --time-limit MIN     begin no further round after so many minutes
      --partitions N       partitions of the cells' topics (4)
      --kafka-home DIR     an Apache Kafka distribution; may be repeated (KAFKA_HOMES, separated by blanks, else KAFKA_HOME)
      --out FILE           where the record is kept (results/benchmarks/…)
      --restart            full: begin anew instead of going on
      --format FORM        how the tables are printed: table or markdown
      --weir FILE          the weir to measure (the one built with weir-bench)
      --root DIR           the clone (.)

    examples:
      # the whole comparison of make bench
      weir-bench bench
      # two kinds of cells, three rounds
      weir-bench bench --only produce-100B --only fetch-100B --rounds 3

    Tables go to standard output, a line a sample to standard error. Ctrl-C writes what there is and prints it;
    once more ends at once. Exit codes: 0 done, 1 failed or samples discarded, 2 usage, 130 interrupted.
    """
