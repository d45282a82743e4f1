import BenchmarkPlan
import Foundation
import LoadEngine

/// A broker that contestants share, with its data in a temporary folder, reached directly or
/// through the delay proxy.
final class RunningBroker {
    let choice: BrokerChoice
    let delayMs: Int
    /// Where clients reach it.
    let bootstrapServers: String
    /// The broker's own process, whose processor time is read.
    let processId: Int32
    /// The topics that were filled for reading already.
    var preloaded: Set<String> = []
    /// The loads that its JVM, if it has one, has run often enough to have compiled them.
    var warmed: Set<String> = []
    private let folder: String
    private let proxy: Service?
    private let end: () -> Void

    /// Starts it; with a delay, clients are told the proxy's address.
    init(_ choice: BrokerChoice, delayMs: Int, tools: Tools, partitions: Int) throws(BenchmarkError) {
        self.choice = choice
        self.delayMs = delayMs
        folder = try TemporaryFolder.make("weir-bench-broker")
        do throws(BenchmarkError) {
            let ports = try Self.ports(delayMs: delayMs, tools: tools, folder: folder)
            proxy = ports.proxy
            bootstrapServers = "127.0.0.1:\(ports.advertised)"
            do throws(BenchmarkError) {
                (processId, end) = try Self.start(
                    choice, ports: (ports.own, ports.advertised), partitions: partitions, tools: tools, folder: folder)
            } catch {
                ports.proxy?.stop()
                throw error
            }
        } catch {
            TemporaryFolder.remove(folder)
            throw error
        }
    }

    /// Where the broker will listen, and where clients are told it does.
    private static func ports(
        delayMs: Int, tools: Tools, folder: String
    ) throws(BenchmarkError) -> (own: UInt16, advertised: UInt16, proxy: Service?) {
        let port = try FreePort.take()
        guard delayMs > 0 else { return (port, port, nil) }
        let proxy = try startProxy(port, delayMs: delayMs, tools: tools, folder: folder)
        return (port, proxy.port, proxy.service)
    }

    private static func startProxy(
        _ port: UInt16, delayMs: Int, tools: Tools, folder: String
    ) throws(BenchmarkError) -> (service: Service, port: UInt16) {
        let service = try Service(
            [
                tools.program("delay-proxy"), "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:\(port)", "--delay-us",
                "\(delayMs * 1000)",
            ], log: "\(folder)/proxy.log", timeoutSeconds: 10)
        guard let own = service.readyLine.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            service.stop()
            throw BenchmarkError("delay-proxy said '\(service.readyLine)' where it should say its address")
        }
        return (service, own)
    }

    private static func start(
        _ choice: BrokerChoice, ports: (own: UInt16, advertised: UInt16), partitions: Int, tools: Tools, folder: String
    ) throws(BenchmarkError) -> (Int32, () -> Void) {
        switch choice {
        case .embedded:
            do {
                let broker = try EmbeddedBrokerProcess(
                    executable: tools.weir, dataDirectory: "\(folder)/data",
                    properties: [
                        "listeners": "PLAINTEXT://127.0.0.1:\(ports.own)",
                        "advertised.listeners": "PLAINTEXT://127.0.0.1:\(ports.advertised)",
                        "num.partitions": "\(partitions)",
                    ])
                return (broker.processId, { broker.stop() })
            } catch {
                throw BenchmarkError("\(error)")
            }
        case .kafka(let version):
            guard let home = tools.kafkas.first(where: { $0.version == version }) else {
                throw BenchmarkError("there is no Apache Kafka \(version)")
            }
            let kafka = try KafkaProcess.start(home, folder: folder, ports: ports, partitions: partitions)
            return (kafka.processId, { kafka.service.stop() })
        }
    }

    /// Ends broker and proxy, and removes the data.
    func stop() {
        end()
        proxy?.stop()
        TemporaryFolder.remove(folder)
    }
}

/// Folders of the benchmark's own under `TMPDIR`.
enum TemporaryFolder {
    static func make(_ prefix: String) throws(BenchmarkError) -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(prefix)-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw BenchmarkError("no temporary folder \(path) (TMPDIR says where): \(error)")
        }
        return path
    }

    /// What can't be removed is left, as nothing of value is in it.
    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
