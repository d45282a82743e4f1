import Foundation
import Results
import Synchronization
import Testing

@testable import LoadEngine

/// An agent's process as the engine sees it, played by scripts of the shell.
///
/// One at a time: a program cannot be started while its file is open in a child of another test.
@Suite(.serialized, .timeLimit(.minutes(1))) struct AgentConnectionTests {
    /// Runs `body` with an agent that is this script; beside it stands what was measured, as the
    /// event's line.
    private func withAgent(
        _ script: String, _ body: (AgentProcess, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-agent-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let line = try AgentLine.encoded(AgentEvent.measured(.consumed(ConsumeOutcome())))
        try Data(line).write(to: folder.appendingPathComponent("measured"))
        let path = folder.appendingPathComponent("agent").path
        try "#!/bin/sh\ncd '\(folder.path)'\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let agent = AgentProcess(executable: path)
        do {
            try await body(agent, folder.path)
        } catch {
            await agent.close()
            throw error
        }
        await agent.close()
    }

    private func control(
        interruption: Interruption = Interruption(), loss: TargetLoss = TargetLoss(),
        onProgress: @escaping @Sendable (Int) -> Void = { _ in },
        ask: @escaping @Sendable (EngineRequest) async throws -> EngineAnswer = { _ in .done }
    ) -> MeasurementControl {
        MeasurementControl(interruption: interruption, loss: loss, onProgress: onProgress, ask: ask)
    }

    private let order = MeasurementOrder.samples[1]

    @Test func whatItMeasuredIsReturnedAndItGoesOnForTheNextOrder() async throws {
        try await withAgent("echo $$ >> ids; while read -r order; do cat measured; done") { agent, folder in
            for _ in 0..<2 {
                let measured = try await agent.measure(order, control())
                #expect(measured == .consumed(ConsumeOutcome()))
            }
            let ids = try lines("\(folder)/ids")
            #expect(ids.count == 1)
        }
    }

    @Test func oneThatDiesIsAnErrorWithItsLastWordsAndTheNextOrderGoesToAnother() async throws {
        try await withAgent("echo $$ >> ids; read -r order; echo 'no more room' >&2; kill -9 $$") { agent, folder in
            for _ in 0..<2 {
                let error = await #expect(throws: EngineError.self) { try await agent.measure(order, control()) }
                #expect(error?.description.contains("the load generator was ended by signal 9") == true)
                #expect(
                    error?.description.hasSuffix("its last words: no more room") == true, "\(String(describing: error))"
                )
            }
            let ids = Set(try lines("\(folder)/ids"))
            #expect(ids.count == 2)
        }
    }

    @Test(arguments: [
        ("echo nonsense; exec cat > /dev/null", "cannot be understood: line 1 is no message"),
        (
            "echo '{\"ready\":{\"_0\":{\"protocolVersion\":3,\"version\":\"1\",\"commit\":\"c\"}}}'; echo '{\"measured\":{\"_0\":{}}}'; exec cat > /dev/null",
            "line 2 is no message"
        ),
        ("read -r order; exit 3", "the load generator ended with status 3"),
        // It ends by itself where it hears of the end of its pipe before the signal comes.
        ("exec >&-; exec cat > /dev/null", "ended "),
    ]) func oneThatIsNoneIsAnError(script: String, words: String) async throws {
        try await withAgent(script) { agent, _ in
            let error = await #expect(throws: EngineError.self) { try await agent.measure(order, control()) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test func whatCannotBeStartedIsAnErrorWithItsPath() async throws {
        let agent = AgentProcess(executable: "/nowhere/weir")
        let error = await #expect(throws: EngineError.self) { try await agent.measure(order, control()) }
        #expect(error?.description.contains("could not be started from /nowhere/weir: No such file") == true)
    }

    @Test func whatItRequestsIsAnsweredAndItsProgressHeard() async throws {
        let asking = "echo '{\"ask\":{\"_0\":{\"startEnded\":{\"number\":4}},\"number\":9}}'"
        let script =
            "read -r order; echo '{\"progress\":{\"_0\":5}}'; \(asking); read -r a; echo \"$a\" > answer; cat measured"
        for isRefused in [false, true] {
            try await withAgent("\(script); exec cat > /dev/null") { agent, folder in
                let asked = Mutex<[EngineRequest]>([])
                let counts = Mutex<[Int]>([])
                _ = try await agent.measure(
                    order,
                    control(
                        onProgress: { count in counts.withLock { $0.append(count) } },
                        ask: { request in
                            asked.withLock { $0.append(request) }
                            if isRefused { throw EngineError("no", code: .topicGone) }
                            return .done
                        }))
                #expect(asked.withLock { $0 } == [.startEnded(number: 4)] && counts.withLock { $0 } == [5])
                let answer = try AgentLine.decoded(
                    Array(try lines("\(folder)/answer")[0].utf8), as: AgentCommand.self, number: 1)
                #expect(answer == (isRefused ? .refuse(InvalidReason(.topicGone, "no"), to: 9) : .answer(.done, to: 9)))
            }
        }
    }

    @Test func itIsToldToStopAndOfTheLossOfTheTarget() async throws {
        try await withAgent(
            "read -r o; echo '{\"progress\":{\"_0\":1}}'; read -r a; read -r b; echo \"$a $b\" >&2; exit 1"
        ) {
            agent, _ in
            let (interruption, loss) = (Interruption(), TargetLoss())
            let error = await #expect(throws: EngineError.self) {
                try await agent.measure(
                    order,
                    control(
                        interruption: interruption, loss: loss,
                        onProgress: { _ in
                            interruption.request()
                            loss.report(EngineError("it is gone"))
                        }))
            }
            let words = error?.description ?? ""
            #expect(words.contains("{\"stop\":{}}") && words.contains("it is gone"), "\(words)")
        }
    }

    /// One that is still at work on an order that was given up gets no other.
    @Test func anOrderGivenUpTakesItsProcessAlong() async throws {
        let script =
            "if [ ! -e ids ]; then read -r o; echo $$ >> ids; exec cat > /dev/null; fi; read -r o; cat measured; exec cat > /dev/null"
        try await withAgent(script) { agent, folder in
            let first = Task { try await agent.measure(order, control()) }
            while (try? lines("\(folder)/ids").count) != 1 { await Task.yield() }
            let measured = try await agent.measure(order, control())
            #expect(measured == .consumed(ConsumeOutcome()))
            let error = await #expect(throws: EngineError.self) { try await first.value }
            #expect(error?.description.contains("was ended by signal 9") == true)
        }
    }

    private func lines(_ path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }
}
