import Foundation
import Glibc

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

    /// A folder within, for what the program keeps while it runs: its environment, and the names of what is left in it.
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

    /// Starts one with its data under `folder`.
    init(in folder: TemporaryFolder) throws {
        running = try WeirProcess.start(
            ["broker", "--port", "0", "--data-dir", "\(folder.path)/data"], in: folder.path)
        address = running.waitForOutput("READY") ? running.readyAddress : ""
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
