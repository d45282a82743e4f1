import Foundation
import Glibc
import KafkaClient
import Networking

/// A folder for one test, removed with everything in it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/weir-e2e-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }

    /// A folder within, for what the program keeps while it runs: its environment, and the names of
    /// what is left in it.
    func makeTemporary() throws -> (environment: [String: String], left: () -> [String]) {
        let temporary = "\(path)/tmp"
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        return (["TMPDIR": temporary], { Self.names(in: temporary) })
    }

    var resultFiles: [String] {
        Self.names(in: "\(path)/results").filter { $0.hasSuffix(".json") }.map { "\(path)/results/\($0)" }
    }

    /// The names of all files in the results folder, hidden ones too.
    var resultFolder: [String] { Self.names(in: "\(path)/results") }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
    }
}

/// A broker that was started for a test, as somebody's cluster.
final class TestBroker {
    let address: String
    private let running: WeirProcess.Running
    private let data: String

    /// Starts one with its data under `folder`, behind a proxy if there is one, whose address it
    /// then has.
    init(in folder: TemporaryFolder, behind proxy: SickProxy? = nil) throws {
        data = "\(folder.path)/data\(proxy.map { "-\($0.port)" } ?? "")"
        let advertised = proxy.map { ["--set", "advertised.listeners=PLAINTEXT://\($0.address)"] } ?? []
        running = try WeirProcess.start(["broker", "--port", "0", "--data-dir", data] + advertised, in: folder.path)
        let own = running.waitForOutput("READY") ? running.readyAddress : ""
        address = proxy?.address ?? own
        guard let proxy, let port = own.split(separator: ":").last.flatMap({ UInt16($0) }) else { return }
        proxy.lead(to: port)
    }

    /// The first topic that comes to be there, within a minute; each partition has a folder.
    func waitForTopic() -> String? {
        let end = DispatchTime.now() + 60
        while DispatchTime.now() < end {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
            if let name = names.first(where: { $0.hasPrefix("weir-") }) {
                return name.split(separator: "-").dropLast().joined(separator: "-")
            }
            sched_yield()
        }
        return nil
    }

    /// Runs `body` with an admin of it.
    func withAdmin<Value: Sendable>(_ body: @escaping @Sendable (Admin) async throws -> Value) async throws -> Value {
        let loop = try EventLoop(name: "somebody")
        let client = Client(
            configuration: try ClientConfiguration(properties: ["bootstrap.servers": address]), loop: loop)
        let outcome = await Task { try await body(Admin(client: client)) }.result
        await client.close()
        await loop.stop()
        return try outcome.get()
    }

    func signal(_ number: Int32) { running.signal(number) }

    /// Sends a signal when some time has passed.
    func signal(_ number: Int32, afterMs ms: Int) {
        let id = running.process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(ms)) { kill(id, number) }
    }

    deinit {
        signal(SIGKILL)
        _ = running.wait()
    }
}

extension WeirProcess.Running {
    /// The address in the line that a broker prints when it answers.
    var readyAddress: String {
        outputSoFar.split(separator: "\n").first { $0.hasPrefix("READY ") }?.split(separator: " ")[1].description ?? ""
    }
}
