import Foundation
import Glibc
import Names
import Reporting
import Results
import Statistics

/// `weir compare`: results side by side.
enum CompareRunner {
    /// How many results a folder may have.
    static let runCountMax = 1000

    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let format = try OutputFormat(arguments, of: "compare")
        let inconclusive = try InconclusiveAs(arguments, of: "compare")
        let allowed = try unlike(arguments)
        let margin = try Amounts.share("margin", arguments, of: "compare") ?? RunComparison.marginDefault
        var sides: [ComparisonSide] = []
        for path in arguments.operands {
            do { sides.append(try side(path)) } catch {
                Terminal.printError("weir compare: \(error)")
                return ExitCode.failed
            }
        }
        if let objection = objection(sides) {
            Terminal.printError("weir compare: \(objection)")
            return ExitCode.failed
        }
        var (code, reports) = (ExitCode.valid, [ComparisonReport]())
        for second in sides.dropFirst() {
            guard let report = compare(sides[0], second, allowed, margin) else { return ExitCode.usage }
            reports.append(report.report)
            code = worse(code, exitCode(report.comparison, inconclusive))
        }
        guard Terminal.writeWhole(format.text(of: reports, inconclusive), of: "compare") else {
            return ExitCode.failed
        }
        return code
    }

    private static func compare(
        _ first: ComparisonSide, _ second: ComparisonSide, _ allowed: Set<Unlikeness.Aspect>, _ margin: Double
    ) -> (report: ComparisonReport, comparison: RunComparison)? {
        let differences = differences(first, first) + differences(second, second) + differences(first, second)
        let refused = differences.filter { !allowed.contains($0.aspect) }
        guard refused.isEmpty else {
            Terminal.printError("weir compare: these results are not about the same thing:")
            for difference in refused { Terminal.printError("  \(difference.text)") }
            let aspects = Set(refused.map(\.aspect.rawValue)).sorted().joined(separator: ",")
            Terminal.printError("to compare them all the same: --unlike \(aspects)")
            return nil
        }
        let comparison = RunComparison(first, second, margin: margin)
        let report = ComparisonReport(
            first, second, comparison, unlike: differences.map(\.text), margin: margin)
        return (report, comparison)
    }

    /// What runs of two sides, or of one, differ in, each once.
    private static func differences(
        _ first: ComparisonSide, _ second: ComparisonSide
    ) -> [(aspect: Unlikeness.Aspect, text: String)] {
        let isOne = first.name == second.name
        let others = isOne ? Array(first.runs.dropFirst()) : Array(second.runs.prefix(1))
        var seen: Set<String> = []
        return others.flatMap { Unlikeness.between(first.runs[0], $0) }.map { difference in
            let names = isOne ? ("one run of \(first.name)", "another") : (first.name, second.name)
            return (difference.aspect, difference.sentence(names.0, names.1))
        }.filter { seen.insert($0.1).inserted }
    }

    private static func side(_ path: String) throws -> ComparisonSide {
        let runs = try paths(path).map { path in
            let run = try run(path)
            if let objection = run.comparisonObjection { throw UsageError(message: "\(path): \(objection)") }
            return run
        }
        guard let side = ComparisonSide(name: path, runs: runs) else {
            throw UsageError(message: "\(path): no file in it ends in .json")
        }
        return side
    }

    private static func run(_ path: String) throws -> RunResult {
        do throws(ResultFileError) { return try RunResult(path: path) } catch {
            guard error.isAboutGate else { throw error }
            throw UsageError(
                message:
                    "\(path): is a gate or a calibration, which weir show prints: compare takes results of weir run")
        }
    }

    /// A run that stands twice would pass for two, without any variance between them.
    private static func objection(_ sides: [ComparisonSide]) -> String? {
        let named = sides.flatMap { side in side.runs.map { (side.name, $0) } }
        for (place, one) in named.enumerated() {
            guard let other = named[..<place].first(where: { ComparisonSide.isSameRun($0.1, one.1) }) else { continue }
            let places = other.0 == one.0 ? "twice in \(one.0)" : "in \(other.0) and in \(one.0)"
            return "the run of \(one.1.startedAt) stands \(places): each run counts once"
        }
        return nil
    }

    /// The results of a side: a file, or those in a folder.
    private static func paths(_ path: String) throws -> [String] {
        // What cannot be looked at is read as a file, whose error says why.
        let isFolder = (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
        guard isFolder else { return [path] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".json") }.sorted()
        guard names.count <= runCountMax else {
            throw UsageError(message: "\(path): \(names.count) results are more than the \(runCountMax) that are read")
        }
        return names.map { "\(path)/\($0)" }
    }

    private static func unlike(_ arguments: ParsedArguments) throws(UsageError) -> Set<Unlikeness.Aspect> {
        var aspects: Set<Unlikeness.Aspect> = []
        for word in (arguments.last("unlike") ?? "").split(separator: ",").map(String.init) {
            let names = Unlikeness.Aspect.allCases.map(\.rawValue)
            guard let aspect = Unlikeness.Aspect(rawValue: word) else {
                let hint = NearestName.find(word, among: names).map { " (did you mean '\($0)'?)" } ?? ""
                throw UsageError(
                    message: "compare: --unlike '\(word)' is none of \(names.joined(separator: ", "))\(hint)")
            }
            aspects.insert(aspect)
        }
        return aspects
    }

    private static func exitCode(_ comparison: RunComparison, _ inconclusive: InconclusiveAs) -> Int32 {
        switch comparison.verdict {
        case .regressed: ExitCode.notMet
        case .inconclusive: inconclusive.exitCode
        case .improved, .pass: ExitCode.valid
        }
    }

    /// What is worse goes before what cannot be told.
    private static func worse(_ one: Int32, _ other: Int32) -> Int32 {
        [ExitCode.notMet, ExitCode.inconclusive].first { [one, other].contains($0) } ?? ExitCode.valid
    }
}

extension OutputFormat {
    /// The reports of comparisons with one first side, as one document.
    fileprivate func text(of reports: [ComparisonReport], _ inconclusive: InconclusiveAs) -> String {
        let checks = reports.flatMap { $0.checks(namesSide: reports.count > 1) }
        switch self {
        case .json: return ComparisonReport.json(reports)
        case .markdown: return reports.map { $0.markdown() }.joined(separator: "\n")
        case .junit: return Check.junit(checks, name: "weir compare", inconclusive == .pass)
        case .github: return Check.annotations(checks, file: "", inconclusive == .pass)
        case .table: return reports.map { Self.table(for: STDOUT_FILENO, $0.console) }.joined(separator: "\n")
        }
    }
}
