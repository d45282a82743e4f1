/// Writes checks as JUnit XML, which CI systems show as tests.
///
/// What cannot be told is an error where it is to fail the job, else skipped; what cannot be
/// trusted is an error.
struct JUnitRenderer {
    /// Whether what cannot be told counts as passed.
    let passesInconclusive: Bool

    func text(_ checks: [Check], name: String) -> String {
        var suites: [String] = []
        for suite in checks.map(\.suite) where !suites.contains(suite) { suites.append(suite) }
        let body = suites.flatMap { suite in self.lines(suite, checks.filter { $0.suite == suite }) }
        let lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites\(counts(checks, name))>"]
        return (lines + body + ["</testsuites>"]).map { $0 + "\n" }.joined()
    }

    private func lines(_ suite: String, _ checks: [Check]) -> [String] {
        ["  <testsuite\(counts(checks, suite))>"] + checks.flatMap(lines) + ["  </testsuite>"]
    }

    private func counts(_ checks: [Check], _ name: String) -> String {
        let tags = checks.compactMap(tag)
        return " name=\"\(Self.escaped(name))\" tests=\"\(checks.count)\""
            + " failures=\"\(tags.filter { $0 == "failure" }.count)\""
            + " errors=\"\(tags.filter { $0 == "error" }.count)\""
            + " skipped=\"\(tags.filter { $0 == "skipped" }.count)\""
    }

    private func lines(_ check: Check) -> [String] {
        let place = "name=\"\(Self.escaped(check.name))\" classname=\"\(Self.escaped(check.suite))\""
        let message = Self.escaped(check.message)
        guard let tag = tag(check) else {
            return ["    <testcase \(place)><system-out>\(message)</system-out></testcase>"]
        }
        return ["    <testcase \(place)><\(tag) message=\"\(message)\"/></testcase>"]
    }

    private func tag(_ check: Check) -> String? {
        switch check.status {
        case .passed: nil
        case .failed: "failure"
        case .inconclusive: passesInconclusive ? "skipped" : "error"
        case .broken: "error"
        }
    }

    /// A text as XML 1.0 takes it in an attribute, without the characters that it has none for.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "\t", "\n", "\r": "&#\(scalar.value);"
            default: scalar.value < 0x20 || scalar.value & 0xfffe == 0xfffe ? "" : String(scalar)
            }
        }.joined()
    }
}
