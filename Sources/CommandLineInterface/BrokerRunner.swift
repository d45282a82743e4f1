import Foundation
import Glibc
import KafkaBroker
import Networking
import System

/// `weir broker`: the embedded broker in the foreground, until a signal or its parent's end.
enum BrokerRunner {
    static func run(_ arguments: ParsedArguments) async throws(UsageError) -> Int32 {
        let folder = try DataFolder(named: arguments.last("data-dir"), isRemoved: arguments.has("remove-data-dir"))
        let configuration = try configuration(arguments, dataDirectory: folder.path)
        let parentPipe = try parentPipe(arguments)
        let stop = Signal()
        Signals.install { _ in stop.fire() }
        if let parentPipe { watchParent(parentPipe) { stop.fire() } }
        let code = await serve(configuration, stop: stop)
        return folder.removeIfTemporary() ? code : ExitCode.failed
    }

    private static func serve(_ configuration: BrokerConfiguration, stop: Signal) async -> Int32 {
        do {
            let loop = try EventLoop(name: "weir-broker")
            let broker = Broker(configuration: configuration, loop: loop) { Terminal.printError("weir broker: \($0)") }
            do {
                let port = try await broker.start()
                Terminal.write("READY \(bracketed(configuration.host)):\(port) pid=\(getpid())\n", to: STDOUT_FILENO)
                await stop.wait()
                await broker.stop()
                await loop.stop()
                return ExitCode.valid
            } catch {
                await loop.stop()
                throw error
            }
        } catch {
            Terminal.printError("weir broker: \(error)")
            return ExitCode.failed
        }
    }

    private static func configuration(
        _ arguments: ParsedArguments, dataDirectory: String
    ) throws(UsageError) -> BrokerConfiguration {
        var configuration = BrokerConfiguration(dataDirectory: dataDirectory)
        configuration.host = arguments.last("host") ?? configuration.host
        let port = arguments.last("port") ?? "9092"
        guard let number = UInt16(port) else {
            throw UsageError(message: "broker: --port '\(port)' is no port: write a number from 0 to 65535")
        }
        configuration.port = number
        for setting in arguments.all("set") {
            guard let equals = setting.firstIndex(of: "=") else {
                throw UsageError(message: "broker: --set '\(setting)' wants KEY=VALUE, such as num.partitions=4")
            }
            do throws(BrokerError) {
                try configuration.set(String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
            } catch {
                throw UsageError(message: "broker: \(error)")
            }
        }
        return configuration
    }

    private static func parentPipe(_ arguments: ParsedArguments) throws(UsageError) -> Int32? {
        guard let text = arguments.last("parent-pipe") else { return nil }
        guard let descriptor = Int32(text), fcntl(descriptor, F_GETFD) >= 0 else {
            throw UsageError(message: "broker: --parent-pipe '\(text)' is no open descriptor")
        }
        return descriptor
    }

    /// Calls `body` when the other end of an inherited pipe is closed: the kernel does that when
    /// the parent ends, however it ends.
    private static func watchParent(_ descriptor: Int32, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = unsafe read(descriptor, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            body()
        }
        thread.stackSize = 1 << 16
        thread.start()
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}

/// Where the broker keeps its topics: the folder that was named, or a temporary one.
private struct DataFolder {
    let path: String
    private let isTemporary: Bool

    init(named name: String?, isRemoved: Bool) throws(UsageError) {
        isTemporary = name == nil || isRemoved
        path =
            name
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("weir-broker-\(UUID().uuidString)").path
        guard isRemoved, let held = FileManager.default.enumerator(atPath: path), held.nextObject() != nil else {
            return
        }
        throw UsageError(
            message: "broker: --remove-data-dir wants a new or an empty folder, and \(path) holds something")
    }

    /// Whether nothing is left of it that should not be.
    func removeIfTemporary() -> Bool {
        guard isTemporary, FileManager.default.fileExists(atPath: path) else { return true }
        do {
            try FileManager.default.removeItem(atPath: path)
            return true
        } catch {
            Terminal.printError("weir broker: \(path) was left behind: \(error.localizedDescription)")
            return false
        }
    }
}
