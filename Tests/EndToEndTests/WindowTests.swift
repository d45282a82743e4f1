import Foundation
import Glibc
import Measurement
import Results
import Testing

extension EndToEnd {
    /// A window in which what is measured was away is told from one in which it was only slow.
    @Suite struct WindowTests {
        private func scenario(_ address: String, _ experiment: String, window: String = "3 s") -> String {
            """
            weir: 1
            name: window
            target:
              bootstrap.servers: "\(address)"
              request.timeout.ms: 1000
              default.api.timeout.ms: 2000
            measure: {warmup: 0 s, for: \(window), repeats: 1, late: 1 s}
            experiments:
              one: {\(experiment)}
            """
        }

        /// What is done to the broker when some seconds of the run have passed, about the second of
        /// the window.
        enum Fault: Sendable {
            case killed, stopped, paused
        }

        private func repeatWith(_ fault: Fault, _ experiment: String) throws -> (Repeat, WeirProcess) {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let path = try folder.write(scenario(broker.address, experiment), to: "window.yaml")
            // Only on a terminal is a repeat told of while it lasts.
            let running = try WeirProcess.start(
                ["run", path], in: folder.path, environment: ["TERM": "xterm"], columns: 200)
            #expect(running.waitForErrors("4 s elapsed"))
            broker.signal(fault == .killed ? SIGKILL : SIGSTOP)
            if fault == .paused { broker.signal(SIGCONT, afterMs: 800) }
            let process = running.wait()
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            return (try #require(result.experiments[0].cells[0].repeats.first), process)
        }

        @Test(arguments: [
            (Fault.killed, "consume: {}, topic: {preload: {records: 20000 records, value: {size: 100 B}}}"),
            (.stopped, "consume: {}, topic: {preload: {records: 20000 records, value: {size: 100 B}}}"),
            (.paused, "consume: {}, topic: {preload: {records: 20000 records, value: {size: 100 B}}}"),
            (.paused, "produce: {value: {size: 100 B}, load: {concurrency: 4}, producer: {linger.ms: 0}}"),
            (.paused, "produce: {value: {size: 100 B}, load: {rate: 1000/s}}"),
            (.paused, "produce: {value: {size: 100 B}, load: {concurrency: 1}, recreate: {client: 1 record}}"),
            (.paused, "produce: {value: {size: 100 B}, load: {rate: 1000/s}}, consume: {}"),
        ])
        func aBrokerThatWasAwayMakesTheRepeatInvalid(fault: Fault, experiment: String) throws {
            let (once, process) = try repeatWith(fault, experiment)
            #expect(process.exitCode == 1)
            let codes = once.invalidReasons.map(\.code)
            #expect(codes.contains(.noProgress), "\(once.invalidReasons)")
            #expect(codes.contains(.connectionsLost) == (fault == .killed), "\(once.invalidReasons)")
            #expect(try #require(once.disturbances).longestGapNs > 500_000_000)
            #expect(process.output.contains("no progress: no record was "), "\(process.output)")
            #expect(process.output.contains("what disturbed it"))
        }

        /// Acknowledgements every 400 ms, two records a second, and a consumer that waits at the
        /// log's end are no faults.
        @Test(arguments: [
            "produce: {value: {size: 10 B}, load: {concurrency: 4}, producer: {linger.ms: 400}}",
            "produce: {value: {size: 10 B}, load: {rate: 2/s}}",
            "produce: {value: {size: 10 B}, load: {rate: 2/s}}, consume: {consumer: {fetch.max.wait.ms: 5000}}",
            "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {client: 1 record}}",
        ])
        func aSlowLoadIsNoFault(experiment: String) throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let path = try folder.write(scenario(broker.address, experiment, window: "3 s"), to: "window.yaml")
            let process = try WeirProcess.run(["run", path], in: folder.path)
            #expect(process.exitCode == 0, "\(process.errors)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            let found = try #require(result.experiments[0].cells[0].repeats[0].disturbances)
            #expect(found.lostConnections == 0 && found.retries == 0 && found.unansweredRequests == 0)
        }

        @Test func theFirstRepeatOfACellIsWarmedUp() throws {
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let experiment = "produce: {value: {size: 10 B}, load: {concurrency: 1}}, measure: {repeats: 2}"
            let path = try folder.write(scenario(broker.address, experiment, window: "400 ms"), to: "window.yaml")
            let process = try WeirProcess.run(["run", path], in: folder.path)
            #expect(process.errors.contains("(under 1 s more in the first, to warm up)"), "\(process.errors)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            let warmups = result.experiments[0].cells[0].repeats.map { made in
                made.phases.first { $0.name == "warm-up" }.map { $0.endNs - $0.beginNs } ?? 0
            }
            #expect(warmups.count == 2 && warmups[0] >= 400_000_000 && warmups[1] < 400_000_000, "\(warmups)")
        }

        /// Runs `body` beside three busy loops, on however many cores there are.
        private func besideOthers(_ body: () throws -> Void) throws {
            let loops = (0..<3).map { _ in Process() }
            for loop in loops {
                loop.executableURL = URL(fileURLWithPath: "/bin/sh")
                // It ends by itself, should this test not get to end it.
                loop.arguments = ["-c", "i=0; while [ $i -lt 100000000 ]; do i=$((i+1)); done"]
                try loop.run()
            }
            defer {
                for loop in loops {
                    // A blocked SIGTERM is inherited, and would leave it to run on beside all other
                    // tests.
                    kill(loop.processIdentifier, SIGKILL)
                    loop.waitUntilExit()
                }
            }
            try body()
        }

        private func runBesideOthers(_ experiment: String, foreign: String) throws -> (RunResult, WeirProcess) {
            let folder = try TemporaryFolder()
            let path = try folder.write(
                """
                weir: 1
                name: busy
                measure: {warmup: 0 s, for: 1 s, repeats: 1}
                experiments: {one: {produce: {value: {size: 10 B}, load: {concurrency: 1}}\(experiment)}}
                """, to: "busy.yaml")
            var process: WeirProcess?
            try besideOthers {
                process = try WeirProcess.run(["run", path, "--set", "/measure/foreign=\(foreign)"], in: folder.path)
            }
            return (try RunResult(path: try #require(folder.resultFiles.first)), try #require(process))
        }

        @Test func whatOtherProcessesTookIsSaidAboveTheTables() throws {
            let (result, process) = try runBesideOthers("", foreign: "100 %")
            let once = result.experiments[0].cells[0].repeats[0]
            #expect(once.isValid && process.exitCode == 0, "\(process.errors)")
            #expect(try #require(once.resources.othersCPUNs) > once.windowNs / 2)
            let cores = Double(result.host.coreCount)
            if cores < 5 {
                let above = process.output.components(separatedBy: "one: produce")[0]
                #expect(above.contains("do not believe these figures: other processes of the host kept up to"))
            }
        }

        /// Exit code 1 where nothing is expected, and 4 where something is.
        @Test(arguments: [("", 1), (", expect: [records failed = 0]", 4)] as [(String, Int32)])
        func aRepeatInWhichOthersTookTooMuchIsABadCondition(expect: String, code: Int32) throws {
            // Three loops on many cores are still a core and more.
            let cores = ProcessInfo.processInfo.activeProcessorCount
            let (result, process) = try runBesideOthers(expect, foreign: "\(max(1, 60 / cores)) %")
            let once = result.experiments[0].cells[0].repeats[0]
            #expect(once.invalidReasons.map(\.code) == [.foreignLoad], "\(once.invalidReasons)")
            #expect(once.hadBadConditions && process.exitCode == code)
            #expect(process.output.contains("foreign load: other processes and the hypervisor took"))
        }
    }
}
