import Glibc

/// The program behind `weir`: words in, an exit code out.
public enum Program {
    /// Runs one command line, without the program's own name.
    public static func run(_ words: [String]) async -> Int32 {
        guard let name = words.first else {
            Terminal.write(programHelp(commandTable), to: STDERR_FILENO)
            return ExitCode.usage
        }
        if ["-h", "--help", "help"].contains(name) {
            Terminal.write(programHelp(commandTable) + "\n", to: STDOUT_FILENO)
            return ExitCode.valid
        }
        guard let command = commandTable.first(where: { $0.name == name || "--\($0.name)" == name }) else {
            let hint = nearest(to: name, in: commandTable.map(\.name)).map { " (did you mean '\($0)'?)" } ?? ""
            Terminal.printError("weir: unknown command '\(name)'\(hint)\n'weir --help' lists them")
            return ExitCode.usage
        }
        do throws(UsageError) {
            let arguments = try command.parse(Array(words.dropFirst()))
            if arguments.has("help") {
                Terminal.write(command.help, to: STDOUT_FILENO)
                return ExitCode.valid
            }
            return try await command.run(arguments)
        } catch {
            Terminal.printError("weir \(error.message)")
            return ExitCode.usage
        }
    }
}
