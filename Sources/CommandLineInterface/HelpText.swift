import Reporting

extension CommandSpecification {
    /// The usage line.
    var usage: String {
        let shown = options.isEmpty ? "" : " [OPTIONS]"
        return "usage: weir \(([name] + operands).joined(separator: " "))\(shown)   (weir \(name) --help for more)"
    }

    /// The whole help of a subcommand, its sentences parted to a width; commands to copy are not.
    func help(width: Int) -> String {
        var text =
            prose("weir \(name): \(summary)", width) + "\nusage: weir \(([name] + operands).joined(separator: " "))"
        text += options.isEmpty ? "\n" : " [OPTIONS]\n"
        if !options.isEmpty {
            let rows = options.map { ("--\($0.name)" + ($0.value.map { " \($0)" } ?? ""), $0.help) }
            text += "\noptions:\n" + table(rows, width)
        }
        text += "\nexamples:\n" + examples.map { prose("  # \($0.does)", width) + "  \($0.line)\n" }.joined()
        return notes.isEmpty ? text : text + "\n" + prose(notes, width)
    }
}

/// The width that help takes where nothing says how wide the terminal is.
let helpWidth = 120

/// The help of the whole program, its sentences parted to a width.
func programHelp(_ commands: [CommandSpecification], width: Int) -> String {
    """
    \(prose("weir measures Apache Kafka clients and clusters from scenario files.", width))
    usage: weir COMMAND [OPTIONS]

    commands:
    \(table(commands.filter { !$0.isHidden }.map { ($0.name, $0.summary) }, width))
    examples:
    \(prose("  # measure on the embedded broker, in about a minute", width))\
      weir run Scenarios/quickstart.yaml
    \(prose("  # the same file on a real cluster", width))\
      weir run Scenarios/start-latency.yaml --bootstrap-servers host:9092

    \(prose("'weir help COMMAND' explains a command.", width))\(prose(exitCodes, width))
    """
}

private let exitCodes =
    "Exit codes: 0 valid and as expected, 1 not to be trusted or failed, 2 usage or scenario, 3 not as expected, or worse, "
    + "4 it cannot be told, 130 interrupted."

private func prose(_ text: String, _ width: Int) -> String {
    TextStyle.wrapped(text, to: width).map { $0 + "\n" }.joined()
}

/// Two columns, the second aligned; where that leaves too little room, the second stands below the
/// first.
private func table(_ rows: [(String, String)], _ width: Int) -> String {
    let first = rows.map(\.0.count).max() ?? 0
    let indent = first + 4
    return rows.map { name, words in
        guard width - indent >= 24 else {
            return prose("  \(name)", width)
                + TextStyle.wrapped("      \(words)", to: width, indent: 6).map { $0 + "\n" }.joined()
        }
        let lines = TextStyle.wrapped(words, to: width - indent)
        return lines.enumerated().map { place, line in
            let margin = place == 0 ? "  \(name)" : ""
            return margin + String(repeating: " ", count: indent - margin.count) + line + "\n"
        }.joined()
    }.joined()
}
