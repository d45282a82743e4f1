import Names

extension CommandSpecification {
    /// Reads the words after the subcommand's name.
    func parse(_ words: [String]) throws(UsageError) -> ParsedArguments {
        var parsed = ParsedArguments()
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                parsed.operands += rest
                break
            }
            if word.hasPrefix("-"), word.count > 1 {
                try parseOption(word, rest: &rest, into: &parsed)
            } else {
                parsed.operands.append(word)
            }
        }
        if parsed.has("help") { return parsed }
        guard parsed.operands.count >= operands.count else {
            throw UsageError(message: "\(name): \(operands[parsed.operands.count]) is missing\n\(usage)")
        }
        // The last operand may stand for several.
        guard parsed.operands.count == operands.count || operands.last?.hasSuffix("...") == true else {
            throw UsageError(message: "\(name): unexpected '\(parsed.operands[operands.count])'\n\(usage)")
        }
        return parsed
    }

    private func parseOption(
        _ word: String, rest: inout ArraySlice<String>, into parsed: inout ParsedArguments
    ) throws(UsageError) {
        if word == "-h" || word == "--help" {
            parsed.values["help"] = [""]
            return
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let given = String(parts[0].drop { $0 == "-" })
        guard parts[0].hasPrefix("--"), let option = options.first(where: { $0.name == given }) else {
            let hint =
                NearestName.find(given, among: options.map(\.name) + ["help"]).map { " (did you mean --\($0)?)" } ?? ""
            throw UsageError(message: "\(name): unknown option '\(parts[0])'\(hint)\n\(usage)")
        }
        guard option.repeats || !parsed.has(given) else {
            throw UsageError(message: "\(name): --\(given) is given twice")
        }
        parsed.values[given, default: []].append(try value(of: option, inline: parts.dropFirst().first, rest: &rest))
    }

    private func value(
        of option: OptionSpecification, inline: String?, rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let placeholder = option.value else {
            guard inline == nil else { throw UsageError(message: "\(name): --\(option.name) takes no value") }
            return ""
        }
        let next = inline ?? rest.first
        guard let next, inline != nil || !next.hasPrefix("--"), !next.isEmpty else {
            throw UsageError(message: "\(name): --\(option.name) wants \(placeholder)")
        }
        if inline == nil { rest.removeFirst() }
        return next
    }
}
