/// Gathers what is wrong or doubtful, once each, in the order of places.
struct Problems: Sendable {
    /// More than this many are counted but not kept.
    static let countMax = 200

    /// What a mark's source is called: the file, then `--set PATH` for each override.
    var sources: [String]
    private(set) var errors: [Finding] = []
    private(set) var warnings: [Finding] = []
    private var known: Set<Finding> = []
    private(set) var omittedCount = 0

    struct Finding: Hashable {
        let mark: Mark
        let message: String
    }

    init(sources: [String]) {
        self.sources = sources
    }

    mutating func error(_ mark: Mark, _ message: String) {
        add(Finding(mark: mark, message: message), to: \.errors)
    }

    mutating func warn(_ mark: Mark, _ message: String) {
        add(Finding(mark: mark, message: message), to: \.warnings)
    }

    private mutating func add(_ finding: Finding, to list: WritableKeyPath<Problems, [Finding]>) {
        guard known.count < Self.countMax else {
            omittedCount += known.contains(finding) ? 0 : 1
            return
        }
        if known.insert(finding).inserted { self[keyPath: list].append(finding) }
    }

    /// The errors as one value to throw, or none.
    var thrown: ScenarioErrors? {
        guard !errors.isEmpty else { return nil }
        var problems = published(errors)
        if omittedCount > 0 {
            problems.append(
                ScenarioProblem(source: sources[0], line: nil, column: nil, message: "and \(omittedCount) more"))
        }
        return ScenarioErrors(problems: problems)
    }

    /// The warnings in the order of their places.
    var publishedWarnings: [ScenarioProblem] { published(warnings) }

    private func published(_ findings: [Finding]) -> [ScenarioProblem] {
        // A stable order: findings of one place keep the order they were found in.
        findings.enumerated().sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }.map { _, finding in
            // An override is one word of the command line, which needs no line and column.
            let hasPlace = finding.mark.source == 0 && finding.mark.line > 0
            return ScenarioProblem(
                source: sources[finding.mark.source], line: hasPlace ? finding.mark.line : nil,
                column: hasPlace ? finding.mark.column : nil, message: finding.message)
        }
    }
}
