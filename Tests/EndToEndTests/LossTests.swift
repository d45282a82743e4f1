import Foundation
import Glibc
import Results
import Testing

extension EndToEnd {
    /// A broker that cannot be reached, says nothing, or goes: said with address and operation, within
    /// the time that was given.
    @Suite struct LossTests {
        /// Repeats of a second against a cluster that is waited for no longer than this.
        private func scenario(
            _ address: String, _ more: String = "producer: {linger.ms: 0}", timeoutMs: Int = 400
        ) -> String {
            """
            weir: 1
            name: loss
            target:
              bootstrap.servers: "\(address)"
              request.timeout.ms: \(timeoutMs)
              default.api.timeout.ms: \(2 * timeoutMs)
              socket.connection.setup.timeout.ms: \(timeoutMs)
            measure: {warmup: 0 s, for: 300 ms, repeats: 40}
            experiments:
              one: {produce: {value: {size: 10 B}, load: {concurrency: 1}, \(more)}}
            """
        }

        private func run(_ address: String) throws -> (WeirProcess, TemporaryFolder) {
            let folder = try TemporaryFolder()
            let path = try folder.write(scenario(address), to: "loss.yaml")
            return (try WeirProcess.run(["run", path], in: folder.path), folder)
        }

        @Test(arguments: [("127.0.0.1:1", "connect"), ("no-such-host.invalid:9092", "resolve")])
        func anUnreachableClusterIsNamedWithTheOperation(address: String, operation: String) throws {
            let (process, folder) = try run(address)
            #expect(process.exitCode == 1)
            #expect(process.errors.contains("\(address): \(operation)"), "\(process.errors)")
            #expect(folder.resultFiles.isEmpty)
        }

        @Test func aMuteClusterIsNamedWithinTheRequestTimeout() throws {
            // The kernel accepts for it; nobody ever answers.
            let mute = try MuteServer()
            let beginNs = DispatchTime.now().uptimeNanoseconds
            let (process, folder) = try run(mute.address)
            #expect(process.exitCode == 1)
            #expect(
                process.errors.contains(
                    "ApiVersions: no answer within 400 ms (request.timeout.ms), broker \(mute.address)"))
            #expect(DispatchTime.now().uptimeNanoseconds - beginNs < 10_000_000_000)
            #expect(folder.resultFiles.isEmpty)
        }

        @Test func aSilentPortIsNamedInTheTimeThatAFileSets() throws {
            let mute = try MuteServer()
            let folder = try TemporaryFolder()
            let path = try folder.write(
                """
                weir: 1
                name: loss
                measure: {for: 300 ms, repeats: 1}
                experiments:
                  one: {produce: {value: {size: 10 B}, load: {concurrency: 1}}}
                """, to: "silent.yaml")
            let file = try folder.write("default.api.timeout.ms=500\n", to: "client.properties")
            let beginNs = DispatchTime.now().uptimeNanoseconds
            let process = try WeirProcess.run(
                ["run", path, "--bootstrap-servers", mute.address, "--command-config", file], in: folder.path)
            #expect(process.exitCode == 1)
            let words = "ApiVersions: no answer within 500 ms (default.api.timeout.ms), broker \(mute.address); it took"
            #expect(process.errors.contains(words), "\(process.errors)")
            #expect(DispatchTime.now().uptimeNanoseconds - beginNs < 20_000_000_000)
        }

        /// What a TLS, an HTTP and an HTTP/2 port say to a Kafka client, and one that hangs up.
        @Test(
            arguments: [
                ([0x15, 3, 3, 0, 2, 2, 0x50], "the peer speaks TLS; that is a listener with security.protocol SSL"),
                (Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), "the peer speaks HTTP: 'HTTP/1.1 400 Bad Request'"),
                ([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 9], "the peer speaks HTTP/2"),
                ([], "the broker closed the connection"),
            ] as [([UInt8], String)]) func aPortThatIsNoKafkaListenerIsNamed(answer: [UInt8], words: String) throws
        {
            let server = try MuteServer()
            server.answer(with: answer)
            let (process, folder) = try run(server.address)
            #expect(process.exitCode == 1)
            #expect(process.errors.contains(words) && process.errors.contains(server.address), "\(process.errors)")
            #expect(folder.resultFiles.isEmpty)
        }

        @Test(arguments: [(SIGKILL, "never"), (SIGSTOP, "never"), (SIGSTOP, "{client: 1 record}")])
        func aClusterThatGoesDuringARepeatEndsTheRun(signal: Int32, recreate: String) throws {
            let produce =
                "producer: {linger.ms: 0, request.timeout.ms: 1000, delivery.timeout.ms: 1100}, recreate: \(recreate)"
            let folder = try TemporaryFolder()
            let broker = try TestBroker(in: folder)
            let path = try folder.write(scenario(broker.address, produce, timeoutMs: 1000), to: "loss.yaml")
            let running = try WeirProcess.start(["run", path], in: folder.path)
            #expect(running.waitForErrors("[2/40]"))
            broker.signal(signal)
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("the cluster at \(broker.address) does not answer any more: "))
            #expect(process.errors.contains(signal == SIGKILL ? "connect" : "no answer within 1000 ms"))
            #expect(process.errors.contains("left behind on a cluster that does not answer: weir-"))
            #expect(process.output.contains("incomplete after"))
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            let repeats = result.experiments[0].cells[0].repeats
            #expect((3...39).contains(repeats.count))
            #expect(repeats.dropLast().allSatisfy(\.isValid) && !repeats[repeats.count - 1].isValid)
        }

        @Test(arguments: [
            "produce: {value: {size: 10 B}, load: {concurrency: 4}, producer: {linger.ms: 0}}",
            "produce: {value: {size: 10 B}, load: unlimited}",
            "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {producer: 1 record}}",
            "produce: {value: {size: 10 B}, load: {concurrency: 1}, recreate: {client: 1 record}}",
            "consume: {}, topic: {preload: {records: 100 records, value: {size: 10 B}}}",
            "produce: {value: {size: 10 B}, load: {rate: 1000/s}}, consume: {}",
            "start: {consumer: {auto.offset.reset: latest}}, measure: {starts: 100000, repeats: 2}",
        ])
        func theEmbeddedBrokersEndEndsTheRunAtOnce(experiment: String) throws {
            let folder = try TemporaryFolder()
            let (environment, left) = try folder.makeTemporary()
            let path = try folder.write(
                """
                weir: 1
                name: loss
                measure: {warmup: 0 s, for: 600 s, repeats: 2}
                experiments:
                  one: {\(experiment)}
                """, to: "loss.yaml")
            // Only on a terminal is a repeat told of when it begins.
            let running = try WeirProcess.start(
                ["run", path], in: folder.path, environment: environment.merging(["TERM": "xterm"]) { $1 }, columns: 200
            )
            #expect(running.waitForErrors("[1/2] one"))
            kill(try #require(running.brokerId), SIGKILL)
            let process = running.wait()
            #expect(process.exitCode == 1, "\(process.errors)")
            #expect(process.errors.contains("was ended by signal 9"), "\(process.errors)")
            #expect(left() == [])
            let result = try RunResult(path: try #require(folder.resultFiles.first))
            #expect(result.experiments[0].cells[0].repeats.map { $0.invalidReasons.first?.code } == [.failed])
        }
    }
}

/// A port that takes connections and never says anything.
final class MuteServer {
    let address: String
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isListening)
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    }

    /// Sends these bytes to the first who asks, and hangs up.
    func answer(with bytes: [UInt8]) {
        let descriptor = descriptor
        Thread.detachNewThread {
            let caller = accept(descriptor, nil, nil)
            var asked = [UInt8](repeating: 0, count: 4096)
            guard caller >= 0, recv(caller, &asked, asked.count, 0) > 0 else { return }
            _ = send(caller, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            close(caller)
        }
    }

    deinit { close(descriptor) }
}
