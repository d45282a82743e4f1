import BenchmarkPlan
import Glibc

/// Carries out the command line, and returns the exit code.
func runProgram(_ words: [String]) -> Int32 {
    do {
        let arguments = try Arguments(words)
        switch arguments.command {
        case .help:
            print(usage)
            return words.isEmpty ? 2 : 0
        case .show(let path):
            guard let record = try RecordFile(path: path).read() else { throw BenchmarkError("\(path): no such file") }
            let report = BenchmarkReport(record)
            print(arguments.isMarkdown ? report.markdown : report.console)
            return 0
        case .measure(let name):
            Interrupts.install()
            return try Measure.run(name, arguments)
        }
    } catch let error as UsageError {
        ProgressLines.say("weir-bench: \(error.message) (weir-bench --help for more)")
        return 2
    } catch {
        ProgressLines.say("weir-bench: \(error)")
        return Interrupts.isRequested ? 130 : 1
    }
}

exit(runProgram(Array(CommandLine.arguments.dropFirst())))
