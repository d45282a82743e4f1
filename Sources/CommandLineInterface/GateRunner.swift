import Glibc
import Reporting
import Results
import Statistics

/// `weir gate`: a candidate against a baseline, and one word for who must act on it.
enum GateRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let form = ResultForm(
            format: try OutputFormat(arguments, of: "gate"), inconclusive: try InconclusiveAs(arguments, of: "gate"))
        let baseline = try SideWords(arguments.all("baseline"), name: GateReading.baseline)
        let candidate = try SideWords(arguments.all("candidate"), name: GateReading.candidate)
        guard arguments.has("baseline") || arguments.has("candidate") else {
            throw UsageError(
                message: "gate: give --baseline or --candidate: what differs, such as --candidate set=linger.ms=5 "
                    + "(weir calibrate measures the same against itself)")
        }
        let measurement = try GateMeasurement(
            arguments, of: "gate", purpose: .gate, baseline: baseline, candidate: candidate)
        let (gate, path, code) = await measurement.run()
        guard let gate else { return code }
        guard print(gate, path: path, form) else { return ExitCode.failed }
        return code == ExitCode.valid ? exitCode(of: gate, form.inconclusive) : code
    }

    /// Prints a gate; false where it cannot be written.
    static func print(_ gate: GateResult, path: String?, _ form: ResultForm) -> Bool {
        let report = GateReport(gate, path: path)
        let text =
            switch form.format {
            case .json: report.json()
            case .markdown: report.markdown()
            case .junit:
                Check.junit(report.checks, name: "weir gate \(gate.scenario.name)", form.inconclusive == .pass)
            case .github: Check.annotations(report.checks, file: gate.scenario.path, form.inconclusive == .pass)
            case .table: OutputFormat.table(for: STDOUT_FILENO, report.console)
            }
        return Terminal.writeWhole(text, of: "gate")
    }

    static func exitCode(of gate: GateResult, _ inconclusive: InconclusiveAs) -> Int32 {
        if gate.ending == .interrupted { return ExitCode.interrupted }
        switch gate.verdict {
        case .regressed: return ExitCode.notMet
        case .inconclusive: return inconclusive.exitCode
        case .improved, .pass: return ExitCode.valid
        }
    }
}

/// `weir calibrate`: how the same differs from itself on this host.
enum CalibrateRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let format = try OutputFormat(arguments, of: "calibrate")
        guard format != .junit, format != .github else { throw judgesNothing("calibrate") }
        let measurement = try GateMeasurement(
            arguments, of: "calibrate", purpose: .calibration,
            baseline: try SideWords([], name: GateReading.baseline),
            candidate: try SideWords([], name: GateReading.candidate))
        let (result, path, code) = await measurement.run()
        guard let result else { return code }
        guard try print(result, path: path, format, of: "calibrate") else { return ExitCode.failed }
        if result.ending == .interrupted { return ExitCode.interrupted }
        return code
    }

    private static func judgesNothing(_ command: String) -> UsageError {
        UsageError(message: "\(command): a calibration judges nothing: --format is table, json or markdown")
    }

    /// Prints a calibration; false where it cannot be written.
    static func print(
        _ result: GateResult, path: String?, _ format: OutputFormat, of command: String
    ) throws(UsageError) -> Bool {
        let report = CalibrationReport(result, path: path)
        let text: String
        switch format {
        case .json: text = report.json()
        case .markdown: text = report.markdown()
        case .table: text = OutputFormat.table(for: STDOUT_FILENO, report.console)
        case .junit, .github:
            throw judgesNothing(command)
        }
        return Terminal.writeWhole(text, of: command)
    }
}
