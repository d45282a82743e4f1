/// The targets that `Package.swift` declares, with what each depends on.
struct PackageManifest {
    /// What each target depends on, by its name.
    private(set) var dependencies: [String: Set<String>] = [:]

    /// How a target's declaration begins there.
    private static let openings = ["library(", ".target(", ".executableTarget(", ".systemLibrary(", "clibrary("]

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = lines.firstIndex { $0.hasPrefix("    targets: [") } ?? lines.endIndex
        let body = lines[start...].filter { !$0.trimmed.hasPrefix("//") }.joined(separator: "\n")
        var rest = Substring(body)
        while let opening = Self.openings.compactMap({ rest.firstRange(of: "\n        \($0)") })
            .min(by: { $0.lowerBound < $1.lowerBound })
        {
            rest = rest[opening.upperBound...]
            let declaration = Self.untilClosed(rest)
            rest = rest[declaration.endIndex...]
            let names = Self.quoted(declaration)
            guard let name = names.first else { continue }
            // The first list is that of the dependencies: settings and resources come after it.
            let list = declaration.firstIndex(of: "[").map { Self.untilClosed(declaration[$0...].dropFirst()) }
            let isSystem = declaration.contains("pkgConfig:") || list == nil
            dependencies[name] = isSystem ? [] : Set(Self.quoted(list ?? ""))
        }
    }

    /// What stands before the bracket that closes what was opened.
    private static func untilClosed(_ text: Substring) -> Substring {
        var depth = 1
        for at in text.indices {
            if "([".contains(text[at]) { depth += 1 }
            if ")]".contains(text[at]) { depth -= 1 }
            if depth == 0 { return text[..<at] }
        }
        return text
    }

    private static func quoted(_ text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}

extension StringProtocol {
    /// The text without blanks at its ends.
    var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
