import Foundation
import Glibc
import Results
import Testing

extension EndToEnd {
    /// Brokers that answer nothing, hang up, or let answers drip: neither a run nor its stop waits
    /// for all that they could be waited for.
    @Suite struct SickBrokerTests {
        static let produce = "produce: {value: {size: 10 B}, load: {concurrency: 1}, producer: {linger.ms: 0}}"

        /// A stop while the broker is sick, with every time-out at what Kafka's clients have by
        /// default.
        @Test(
            arguments: [SickProxy.Health.mute, .hangsUp, .drips],
            [
                produce,
                "produce: {value: {size: 10 B}, load: unlimited}",
                "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {client: 1 record}}",
                "consume: {}, topic: {preload: {records: 100 records, value: {size: 10 B}}}",
                "produce: {value: {size: 10 B}, load: {rate: 1000/s}}, consume: {}",
                "start: {consumer: {auto.offset.reset: latest}}, measure: {starts: 100000, repeats: 3}",
            ])
        func aStopDoesNotWaitForThem(health: SickProxy.Health, experiment: String) throws {
            let folder = try TemporaryFolder()
            let proxy = try SickProxy()
            let broker = try TestBroker(in: folder, behind: proxy)
            let path = try folder.write(
                """
                weir: 1
                name: sick
                target: {bootstrap.servers: "\(broker.address)"}
                measure: {warmup: 0 s, for: 600 s, repeats: 3}
                experiments:
                  before: {\(Self.produce), measure: {for: 100 ms, repeats: 2}}
                  one: {\(experiment)}
                """, to: "sick.yaml")
            let running = try WeirProcess.start(
                ["run", path], in: folder.path, environment: ["TERM": "xterm"], columns: 300)
            #expect(running.waitForErrors("[3/5] one"))
            proxy.turn(health)
            let beginNs = DispatchTime.now().uptimeNanoseconds
            running.signal(SIGINT)
            let process = running.wait()
            let ns = DispatchTime.now().uptimeNanoseconds - beginNs
            #expect(ns < 8_000_000_000, "\(ns) ns")
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(
                process.errors.contains("was left behind: the cluster did not answer within 1 s"), "\(process.errors)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.interrupted && result.endedEarly == nil)
            #expect(result.experiments[0].cells[0].verdict == .valid)
            let repeats = result.experiments[1].cells[0].repeats
            // Who is hung up on may hear of that before it hears of the stop.
            let codes = repeats.map { $0.invalidReasons.first?.code }
            #expect(codes == [.interrupted] || health == .hangsUp && codes == [.connectionFailed])
        }

        @Test(arguments: [SickProxy.Health.mute, .hangsUp, .drips])
        func aStopWhileATopicIsFilledDoesNot(health: SickProxy.Health) throws {
            let folder = try TemporaryFolder()
            let proxy = try SickProxy()
            let broker = try TestBroker(in: folder, behind: proxy)
            let path = try folder.write(
                """
                weir: 1
                name: sick
                target: {bootstrap.servers: "\(broker.address)"}
                topic: {preload: {records: 5000000 records, value: {size: 100 B}}}
                measure: {for: 1 s, repeats: 1}
                experiments: {one: {consume: {}}}
                """, to: "sick.yaml")
            let running = try WeirProcess.start(["run", path], in: folder.path)
            let topic = try #require(broker.waitForTopic())
            proxy.turn(health)
            let beginNs = DispatchTime.now().uptimeNanoseconds
            running.signal(SIGTERM)
            let process = running.wait()
            #expect(DispatchTime.now().uptimeNanoseconds - beginNs < 8_000_000_000)
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(process.errors.contains("topic \(topic) was left behind: "), "\(process.errors)")
        }

        /// A stop while the cluster is not even reached.
        @Test func aStopBeforeTheFirstAnswerEndsAtOnce() throws {
            let folder = try TemporaryFolder()
            let mute = try MuteServer()
            let path = try folder.write(StopTests.long, to: "long.yaml")
            let running = try WeirProcess.start(
                ["run", path, "--bootstrap-servers", mute.address], in: folder.path)
            #expect(running.waitForErrors("in all"))
            let beginNs = DispatchTime.now().uptimeNanoseconds
            running.signal(SIGINT)
            let process = running.wait()
            #expect(DispatchTime.now().uptimeNanoseconds - beginNs < 8_000_000_000)
            #expect(process.exitCode == 130, "\(process.errors)")
            #expect(folder.resultFiles.isEmpty)
        }

        /// Produce requests alone are not answered, or hung up on: the target is there, and nothing
        /// can be measured.
        @Test(arguments: [SickProxy.Health.mute, .hangsUp])
        func theSameFaultTwiceRunningEndsTheCellAndTwoCellsTheRun(health: SickProxy.Health) throws {
            let folder = try TemporaryFolder()
            let proxy = try SickProxy()
            let broker = try TestBroker(in: folder, behind: proxy)
            proxy.turn(health, for: 0)
            let path = try folder.write(
                """
                weir: 1
                name: sick
                target: {bootstrap.servers: "\(broker.address)"}
                measure: {warmup: 0 s, for: 100 ms, repeats: 6}
                experiments:
                  one:
                    produce:
                      value: {size: 10 B}
                      load: {concurrency: {each: [1, 2, 3]}}
                      producer: {linger.ms: 0, request.timeout.ms: 200, delivery.timeout.ms: 300}
                """, to: "sick.yaml")
            let process = try WeirProcess.run(["run", path], in: folder.path)
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("ends here, and 4 repeats are not made: "), "\(process.errors)")
            #expect(process.errors.contains("weir run: 2 cells failed at \(broker.address), the last by: "))
            #expect(!process.errors.contains("left behind"))
            #expect(process.output.contains("2 of 3 cells ended early, the run ended early"), "\(process.output)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.endedEarly?.code == result.experiments[0].cells.compactMap(\.endedEarly).first?.code)
            let ended = result.experiments[0].cells.filter { $0.endedEarly != nil }
            #expect(ended.count == 2 && ended.allSatisfy { $0.repeats.count == 2 && $0.verdict == .invalid })
            let shown = try WeirProcess.run(["show", try #require(folder.resultFiles.first)], in: folder.path)
            #expect(shown.exitCode == 1 && shown.output.contains("2 of 3 cells ended early, the run ended early"))
        }

        @Test func theCellsOfAnotherTargetGoOn() throws {
            let folder = try TemporaryFolder()
            let proxy = try SickProxy()
            let (sick, well) = (try TestBroker(in: folder, behind: proxy), try TestBroker(in: folder))
            proxy.turn(.hangsUp, for: 0)
            let path = try folder.write(
                """
                weir: 1
                name: sick
                measure: {warmup: 0 s, for: 100 ms, repeats: 5}
                experiments:
                  one:
                    produce:
                      value: {size: 10 B}
                      load: {concurrency: 1}
                      producer: {request.timeout.ms: 200, delivery.timeout.ms: 300}
                    cases:
                      sick: {target: {bootstrap.servers: "\(sick.address)"}}
                      well: {target: {bootstrap.servers: "\(well.address)"}}
                """, to: "sick.yaml")
            let process = try WeirProcess.run(["run", path], in: folder.path)
            #expect(process.exitCode == 1, "\(process.errors)")
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            let cells = result.experiments[0].cells
            #expect(cells.map(\.repeats.count) == [2, 5] && cells.map(\.verdict) == [.invalid, .valid])
            #expect(result.endedAt != nil && result.endedEarly == nil)
        }
    }
}
