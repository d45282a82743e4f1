/// Writes checks that did not pass as GitHub's workflow commands, which show them beside the
/// scenario's file.
struct AnnotationRenderer {
    /// Whether what cannot be told counts as passed.
    let passesInconclusive: Bool

    func text(_ checks: [Check], file: String) -> String {
        checks.compactMap { check -> String? in
            guard let level = level(check) else { return nil }
            let place =
                (file.isEmpty ? "" : "file=\(Self.property(file)),")
                + "title=\(Self.property("\(check.suite): \(check.name)"))"
            return "::\(level) \(place)::\(Self.data(check.message))\n"
        }.joined()
    }

    private func level(_ check: Check) -> String? {
        switch check.status {
        case .passed: nil
        case .failed, .broken: "error"
        case .inconclusive: passesInconclusive ? "notice" : "warning"
        }
    }

    private static func data(_ text: String) -> String {
        text.unicodeScalars.map { $0 == "%" ? "%25" : $0 == "\r" ? "%0D" : $0 == "\n" ? "%0A" : String($0) }.joined()
    }

    private static func property(_ text: String) -> String {
        data(text).unicodeScalars.map { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : String($0) }.joined()
    }
}
