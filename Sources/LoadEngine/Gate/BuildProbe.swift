import Foundation
import Glibc
public import Results
import System

/// Asks a build of Weir, before anything is measured, whether it can be measured by this one.
public enum BuildProbe {
    /// How long it may take to say what it is.
    private static let timeoutMs = 10_000
    /// How long it may take to end when nothing more is asked of it.
    private static let endTimeoutMs = 2_000
    /// How much is quoted of what it says instead.
    private static let quoteLengthMax = 200

    /// The build of a program, whose load generator speaks as this one's does and, where it is to
    /// be the broker too, whose embedded broker starts.
    public static func check(_ executable: String, startsBroker: Bool) throws(EngineError) -> BuildRecord {
        let build = try agent(executable)
        if let objection = build.objection { throw EngineError(objection) }
        if startsBroker { try broker(executable) }
        return BuildRecord(version: build.version, commit: build.commit)
    }

    private static func agent(_ executable: String) throws(EngineError) -> AgentBuild {
        let process: ChildProcess
        do throws(Errno) {
            process = try ChildProcess(
                SpawnCommand([executable, "agent"], environment: ["SWIFT_BACKTRACE": "enable=no"]),
                pipes: [STDIN_FILENO: .toChild, STDOUT_FILENO: .fromChild, STDERR_FILENO: .fromChild])
        } catch {
            throw EngineError("it does not start: \(error.text)")
        }
        let (output, errors) = (process.pipeEnd(STDOUT_FILENO), process.pipeEnd(STDERR_FILENO))
        let line = FirstLine.read(output, withinMs: timeoutMs).line
        close(process.pipeEnd(STDIN_FILENO))
        let end = process.waitForEnd(withinMs: endTimeoutMs)
        if end == nil { process.endByForce() }
        let words = FirstLine.read(errors, withinMs: timeoutMs).line
        close(output)
        close(errors)
        return try build(line, words: words, end: end)
    }

    /// What an agent's first line says of its build.
    static func build(_ line: String, words: String, end: ChildProcess.End?) throws(EngineError) -> AgentBuild {
        do throws(AgentError) {
            let event = try AgentLine.decoded(Array(line.utf8), as: AgentEvent.self, number: 1)
            if case .ready(let build) = event { return build }
        } catch {
            // What it says instead tells why.
        }
        if line.hasPrefix("{\"ready\"") {
            throw EngineError("its load generator does not say which version it speaks, so it is older than the gate")
        }
        let said = [line, words].filter { !$0.isEmpty }.first.map { ": it said '\($0.prefix(quoteLengthMax))'" } ?? ""
        throw EngineError(
            "it has no load generator process ('weir agent')\(said)"
                + (said.isEmpty ? end.map { ": it \($0.words)" } ?? ": it said nothing for 10 s" : ""))
    }

    private static func broker(_ executable: String) throws(EngineError) {
        let folder = try TemporaryFolder.make(prefix: "weir-broker")
        do throws(EmbeddedBrokerProcess.StartError) {
            try EmbeddedBrokerProcess(executable: executable, dataDirectory: folder, properties: [:]).stop()
        } catch {
            try TemporaryFolder.remove(folder)
            throw EngineError(error.description)
        }
        try TemporaryFolder.remove(folder)
    }
}
