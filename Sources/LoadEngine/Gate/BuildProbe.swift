import Foundation
import Glibc
public import Results
import System

/// Asks a build of Weir, before anything is measured, whether it can be measured by this one.
public enum BuildProbe {
    /// How long it may take to say what it is.
    private static let timeoutMs = 10_000
    private static let lineByteCountMax = 4_096

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
        let line = firstLine(output)
        close(process.pipeEnd(STDIN_FILENO))
        if process.waitForEnd(withinMs: 2_000) == nil { process.endByForce() }
        let words = firstLine(errors)
        close(output)
        close(errors)
        return try build(line, words: words, end: process.end)
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
        let said = [line, words].filter { !$0.isEmpty }.first.map { ": it said '\($0)'" } ?? ""
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

    /// The first line of a descriptor, without its end; what came until then where it does not
    /// end in time.
    private static func firstLine(_ descriptor: Int32) -> String {
        var line: [UInt8] = []
        let deadline = DispatchTime.now() + .milliseconds(timeoutMs)
        while DispatchTime.now() < deadline, line.count < lineByteCountMax {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&wait, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            guard unsafe read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") else { break }
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }
}
