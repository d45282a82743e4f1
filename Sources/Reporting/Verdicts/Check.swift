public import Results

/// One thing that a verdict was given on, for tools that count what passed: an expectation, or a
/// row of a comparison.
public struct Check: Sendable, Equatable {
    /// How it ended.
    public enum Status: Sendable, Equatable {
        /// It holds.
        case passed
        /// It does not.
        case failed
        /// It cannot be told.
        case inconclusive
        /// What it would be judged by cannot be trusted.
        case broken
    }

    /// What it belongs to, such as an experiment.
    public let suite: String
    /// What was checked.
    public let name: String
    /// How it ended.
    public let status: Status
    /// The figures, and why.
    public let message: String

    /// A check with its end.
    public init(suite: String, name: String, status: Status, message: String) {
        self.suite = suite
        self.name = name
        self.status = status
        self.message = message
    }

    /// The checks of a run: what became of its expectations, and each cell that cannot be trusted.
    public static func checks(of result: RunResult, _ outcomes: [ExpectationOutcome]) -> [Check] {
        let broken = result.experiments.flatMap { experiment in
            experiment.cells.filter { $0.isBroken || $0.hadBadConditions }.map { cell in
                Check(
                    suite: experiment.name,
                    name: (cell.axes.map(\.value) + ["can be trusted"]).joined(separator: ", "),
                    status: cell.isBroken ? .broken : .inconclusive, message: reasons(cell))
            }
        }
        return (whole(result).map { [$0] } ?? []) + broken + outcomes.map(Check.init)
    }

    /// What is wrong with the run as a whole; nil where its cells and expectations say all.
    private static func whole(_ result: RunResult) -> Check? {
        func check(_ status: Status, _ message: String) -> Check {
            Check(suite: result.scenario.name, name: "the run came to its end", status: status, message: message)
        }
        if let end = result.endedEarly { return check(.broken, "\(end.code.rawValue): \(end.detail)") }
        if result.interrupted { return check(.broken, "it was interrupted") }
        if result.isEmpty { return check(.broken, "nothing was measured") }
        return result.endedAt == nil ? check(.broken, "it is still going on, or it was killed") : nil
    }

    private init(_ outcome: ExpectationOutcome) {
        let place = outcome.axes.map(\.value).joined(separator: ", ")
        let figures = [outcome.figure.isNothing ? nil : "it is \(outcome.figure.text)", outcome.doubt].compactMap { $0 }
        self.init(
            suite: outcome.experiment,
            name: place.isEmpty ? outcome.expectation.text : "\(place): \(outcome.expectation.text)",
            status: outcome.verdict == .met ? .passed : outcome.verdict == .notMet ? .failed : .inconclusive,
            message: "\(outcome.verdict.rawValue): \(figures.joined(separator: "; "))")
    }

    private static func reasons(_ cell: CellResult) -> String {
        let reasons = [cell.endedEarly].compactMap { $0 } + cell.repeats.flatMap(\.invalidReasons)
        var seen: Set<String> = []
        let texts = reasons.map { "\($0.code.rawValue): \($0.detail)" }.filter { seen.insert($0).inserted }
        return texts.isEmpty ? "a start began elsewhere than it must" : texts.joined(separator: "; ")
    }
}

extension Check {
    /// The checks as JUnit XML; what cannot be told is skipped where it is to pass, else an error.
    public static func junit(_ checks: [Check], name: String, _ passesInconclusive: Bool) -> String {
        JUnitRenderer(passesInconclusive: passesInconclusive).text(checks, name: name)
    }

    /// Those that did not pass, as GitHub's workflow commands.
    public static func annotations(_ checks: [Check], file: String, _ passesInconclusive: Bool) -> String {
        AnnotationRenderer(passesInconclusive: passesInconclusive).text(checks, file: file)
    }
}
