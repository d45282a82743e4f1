import Foundation
import Glibc
import Results
import Testing

extension EndToEnd {
    /// The process that generates a run's load: whatever becomes of it or of the run, nothing hangs
    /// and nothing is left.
    @Suite struct AgentTests {
        private static let long = """
            weir: 1
            name: long
            measure: {warmup: 0 s, for: 800 ms, repeats: 6}
            experiments:
              one: {produce: {value: {size: 10 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}}
            """

        /// A run of which the first repeat is done and the agent is at work on the next.
        private func start(_ folder: TemporaryFolder, _ more: [String] = []) throws -> (WeirProcess.Running, Int32) {
            let path = try folder.write(Self.long, to: "long.yaml")
            let running = try WeirProcess.start(["run", path] + more, in: folder.path)
            #expect(running.waitForErrors("[1/"))
            let agent = try #require(running.agentId)
            let ticks = Self.ticks(of: agent) ?? 0
            #expect(Self.wait { (Self.ticks(of: agent) ?? .max) >= ticks + 10 })
            return (running, agent)
        }

        @Test func oneThatIsKilledIsAnInvalidRepeatAndTheNextHasAnother() throws {
            let folder = try TemporaryFolder()
            let (running, agent) = try start(folder)
            kill(agent, SIGKILL)
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            let repeats = try RunResult(path: try #require(folder.resultFiles.first)).experiments[0].cells[0].repeats
            // A busy machine may get to the kill a repeat or two later, and stand still in another.
            let killed = repeats.filter {
                $0.invalidReasons.contains {
                    $0.code == .failed && $0.detail.hasPrefix("the load generator was ended by signal 9")
                }
            }
            #expect(repeats.count == 6 && killed.count == 1, "\(process.errors)")
            #expect(killed.first.map { (2...5).contains($0.round) } == true)
        }

        @Test func itEndsWithARunThatIsKilled() throws {
            let folder = try TemporaryFolder()
            let (running, agent) = try start(folder)
            running.signal(SIGKILL)
            _ = running.wait()
            #expect(Self.wait { Self.ticks(of: agent) == nil })
        }

        @Test func aRunThatIsStoppedWaitsForNoneThatStandsStill() throws {
            let folder = try TemporaryFolder()
            let (running, agent) = try start(folder)
            kill(agent, SIGSTOP)
            let beginNs = DispatchTime.now().uptimeNanoseconds
            running.signal(SIGINT)
            let process = running.wait()
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(DispatchTime.now().uptimeNanoseconds - beginNs < 20_000_000_000)
            #expect(Self.wait { Self.ticks(of: agent) == nil })
            #expect(try RunResult(path: try #require(folder.resultFiles.first)).interrupted)
        }

        /// The terminal's Ctrl-C goes to a whole group of processes.
        @Test func itHasAGroupOfItsOwnAndNoSecrets() throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let file = try folder.write("client.id=hunter2\nsasl.jaas.config=hunter3\n", to: "client.properties")
            let (running, agent) = try start(
                folder, ["--bootstrap-servers", broker.address, "--command-config", file])
            #expect(getpgid(agent) == agent)
            let words = try ["cmdline", "environ"].map {
                try Data(contentsOf: URL(fileURLWithPath: "/proc/\(agent)/\($0)"))
            }
            kill(agent, SIGABRT)
            let process = running.wait()
            for text in words.map({ String(decoding: $0, as: UTF8.self) }) + [process.errors, process.output] {
                #expect(!text.contains("hunter"), "\(text)")
            }
            let result = try String(contentsOfFile: try #require(folder.resultFiles.first), encoding: .utf8)
            #expect(result.contains("ended by signal 6") && !result.contains("hunter"))
        }

        @Test func whatIsNoOrderIsAnErrorWithItsPlace() throws {
            let folder = try TemporaryFolder()
            let input = try folder.write("{\"stop\":{}}\nhunter2\n", to: "orders")
            let process = try WeirProcess.run(["agent"], in: folder.path, inputPath: input)
            #expect(process.exitCode == 1 && process.output.hasPrefix("{\"ready\":{"))
            #expect(process.errors.contains("weir agent: line 2 is no message between engine and agent: it is no JSON"))
            #expect(!process.errors.contains("hunter2"))
        }

        @Test func itEndsWhenItsInputIsClosedAndIsNotInTheHelp() throws {
            let folder = try TemporaryFolder()
            let process = try WeirProcess.run(["agent"], in: folder.path, inputPath: "/dev/null")
            #expect(process.exitCode == 0 && process.errors.isEmpty)
            #expect(!(try WeirProcess.run(["help"], in: folder.path).output.contains("agent")))
            #expect(try WeirProcess.run(["help", "agent"], in: folder.path).output.hasPrefix("weir agent: "))
        }

        /// The CPU time that a process has had, in ticks; nil when it is gone.
        private static func ticks(of id: Int32) -> Int? {
            guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return nil }
            let fields = stat.suffix(from: stat.lastIndex(of: ")") ?? stat.startIndex).split(separator: " ")
            // What is dead and waits for its parent, or for whoever takes it over, is gone.
            guard fields.count > 13, fields[1] != "Z" else { return nil }
            return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
        }

        /// Waits until something is so, half a minute at most.
        private static func wait(until isSo: () -> Bool) -> Bool {
            let end = DispatchTime.now() + 30
            while !isSo() {
                guard DispatchTime.now() < end else { return false }
                sched_yield()
            }
            return true
        }
    }
}
