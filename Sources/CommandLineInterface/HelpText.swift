extension CommandSpecification {
    /// The usage line.
    var usage: String {
        let shown = options.isEmpty ? "" : " [OPTIONS]"
        return "usage: weir \(([name] + operands).joined(separator: " "))\(shown)   (weir \(name) --help for more)"
    }

    /// The whole help of a subcommand.
    var help: String {
        var text = "weir \(name): \(summary)\n\nusage: weir \(([name] + operands).joined(separator: " "))"
        text += options.isEmpty ? "\n" : " [OPTIONS]\n"
        if !options.isEmpty {
            let rows = options.map { ("--\($0.name)" + ($0.value.map { " \($0)" } ?? ""), $0.help) }
            text += "\noptions:\n" + table(rows)
        }
        text += "\nexamples:\n" + examples.map { "  # \($0.does)\n  \($0.line)\n" }.joined()
        return notes.isEmpty ? text : text + "\n\(notes)\n"
    }
}

/// The help of the whole program.
func programHelp(_ commands: [CommandSpecification]) -> String {
    """
    weir measures Apache Kafka clients and clusters from scenario files.

    usage: weir COMMAND [OPTIONS]

    commands:
    \(table(commands.map { ($0.name, $0.summary) }))
    examples:
      # measure on the embedded broker, in under 90 seconds
      weir run Scenarios/quickstart.yaml
      # the same file on a real cluster
      weir run Scenarios/start-latency.yaml --bootstrap-servers host:9092

    'weir COMMAND --help' explains a command. Exit codes: 0 valid, 1 not to be trusted or failed,
    2 usage or scenario, 130 interrupted.
    """
}

/// Two columns, the second aligned.
private func table(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)\n" }.joined()
}
