import Glibc
import LoadEngine

/// `weir agent`: what `weir run` starts to generate load.
enum AgentRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        do {
            try await Agent.serve(as: AgentBuild(version: Version.number, commit: Version.commit))
        } catch {
            Terminal.printError("weir agent: \(error)")
            _exit(ExitCode.failed)
        }
        // A measurement may be under way that is not waited for any more.
        _exit(ExitCode.valid)
    }
}
