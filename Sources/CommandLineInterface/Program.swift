import Glibc
import LoadEngine
import Names

/// The program behind `weir`: words in, an exit code out.
public enum Program {
    /// What must be done before the first thread is made: an agent's instructions are counted over
    /// the threads that come after.
    public static func prepare(_ words: [String]) {
        if words.first == "agent" { Agent.countInstructions() }
    }

    /// Runs one command line, without the program's own name.
    public static func run(_ words: [String]) async -> Int32 {
        guard let name = words.first else {
            let width = Terminal.textColumns(STDERR_FILENO) ?? helpWidth
            Terminal.write(programHelp(commandTable, width: width), to: STDERR_FILENO)
            return ExitCode.usage
        }
        do throws(UsageError) {
            if ["-h", "--help", "help"].contains(name) { return try help(Array(words.dropFirst())) }
            let command = try command(name)
            let arguments = try command.parse(Array(words.dropFirst()))
            return arguments.has("help") ? show(command.help) : try await command.run(arguments)
        } catch {
            Terminal.printError("weir \(error.message)")
            return ExitCode.usage
        }
    }

    /// `weir help`, and `weir help COMMAND`.
    private static func help(_ words: [String]) throws(UsageError) -> Int32 {
        let names = words.filter { !["-h", "--help"].contains($0) }
        guard names.count < 2 else {
            throw UsageError(message: "help: it takes one command, and '\(names[1])' is another word")
        }
        guard let name = names.first, name != "help" else { return show { programHelp(commandTable, width: $0) } }
        return show(try command(name).help)
    }

    private static func command(_ name: String) throws(UsageError) -> CommandSpecification {
        if let command = commandTable.first(where: { $0.name == name || "--\($0.name)" == name }) { return command }
        let shown = commandTable.filter { !$0.isHidden }.map(\.name)
        let hint = NearestName.find(name, among: shown).map { " (did you mean '\($0)'?)" } ?? ""
        throw UsageError(message: "has no command '\(name)'\(hint)\n'weir help' lists them")
    }

    private static func show(_ text: (_ width: Int) -> String) -> Int32 {
        let isWritten = Terminal.writeWhole(text(Terminal.textColumns(STDOUT_FILENO) ?? helpWidth), of: "help")
        return isWritten ? ExitCode.valid : ExitCode.failed
    }
}
