import Foundation
import Glibc
import Synchronization
import System

/// The embedded broker as a process of its own: its CPU, memory and faults are never the client's.
///
/// It has its own process group, so that Ctrl-C does not end it before reconciliation. When the
/// pipe that it inherited is closed, it ends and removes its data folder; the kernel closes that
/// pipe however this process ends.
public final class EmbeddedBrokerProcess: Sendable {
    /// Why it could not be started.
    public struct StartError: Error, Sendable, CustomStringConvertible {
        /// What happened and what to do, in words.
        public let description: String
    }

    /// Where it listens.
    public let bootstrapServers: String
    private let child: ChildProcess
    private let life = Mutex(Life())

    /// Its process id.
    public var processId: Int32 { child.processId }
    /// The pipe that it ends with.
    private var parentPipe: Int32 { child.pipeEnd(Self.inheritedDescriptor) }

    private struct Life {
        var isStopping = false
        /// How it ended without being asked to.
        var fault: String?
        var onFault: (@Sendable (String) -> Void)?
    }

    /// Starts `executable broker` on a free loopback port with its data in `dataDirectory`, and
    /// waits until it answers.
    public init(executable: String, dataDirectory: String, properties: [String: String]) throws(StartError) {
        var words = [executable, "broker", "--port", "0", "--data-dir", dataDirectory]
        for (key, value) in properties.sorted(by: { $0.key < $1.key }) { words += ["--set", "\(key)=\(value)"] }
        words += ["--parent-pipe", "\(Self.inheritedDescriptor)", "--remove-data-dir"]
        do throws(Errno) {
            child = try ChildProcess(
                SpawnCommand(words), pipes: [STDOUT_FILENO: .fromChild, Self.inheritedDescriptor: .toChild])
        } catch {
            throw StartError(
                description: "the embedded broker could not be started from \(executable): \(error.text)")
        }
        let output = child.pipeEnd(STDOUT_FILENO)
        let (line, isOver) = FirstLine.read(output, withinMs: Self.startTimeoutMs)
        close(output)
        guard line.hasPrefix("READY "), let address = line.split(separator: " ").dropFirst().first else {
            close(child.pipeEnd(Self.inheritedDescriptor))
            let end = isOver ? child.waitForEnd(withinMs: Self.stopTimeoutMs) : nil
            throw StartError(saying: line, end: end ?? child.endByForce(), isOver: isOver, dataDirectory: dataDirectory)
        }
        bootstrapServers = String(address)
        child.whenEnded { [self] in noteEnd($0) }
    }

    /// Calls `body` with what happened if it ends without being asked to, at once if it has
    /// already; from any thread.
    public func whenLost(_ body: @escaping @Sendable (String) -> Void) {
        let fault = life.withLock { life in
            life.onFault = body
            return life.fault
        }
        if let fault { body(fault) }
    }

    /// Ends it and waits until it is gone: by a signal, and by force if it does not follow.
    public func stop() {
        life.withLock { $0.isStopping = true }
        child.signal(SIGTERM)
        // A process that somebody has stopped takes no other signal before it continues.
        child.signal(SIGCONT)
        close(parentPipe)
        if child.waitForEnd(withinMs: Self.stopTimeoutMs) == nil { child.endByForce() }
    }

    private func noteEnd(_ end: ChildProcess.End) {
        let (fault, onFault) = life.withLock { life in
            if !life.isStopping { life.fault = Self.words(end) }
            return (life.fault, life.onFault)
        }
        if let fault { onFault?(fault) }
    }

    fileprivate static func words(_ end: ChildProcess.End) -> String {
        if case .exited = end { "\(end.words) (its reason stands above)" } else { end.words }
    }

    fileprivate static let startTimeoutMs = 20_000
    private static let stopTimeoutMs = 5_000
    /// The descriptor under which the child finds its end of the pipe.
    private static let inheritedDescriptor: Int32 = 3
}

extension EmbeddedBrokerProcess.StartError {
    /// The error of a broker that had not said that it is ready when it ended or its time was over.
    fileprivate init(saying line: String, end: ChildProcess.End?, isOver: Bool, dataDirectory: String) {
        // The broker removes its own folder.
        let parent = URL(fileURLWithPath: dataDirectory).deletingLastPathComponent().path
        if isOver, let free = FreeDisk.byteCount(at: parent), free < FreeDisk.byteCountMin {
            description =
                "the embedded broker has no room: the disk under \(parent) is full (\(free / 1024) KiB free): "
                + "free some of it, or let TMPDIR name another"
            return
        }
        let said = line.isEmpty ? "" : ": it said '\(line)'"
        description =
            isOver
            ? "the embedded broker \(end.map(EmbeddedBrokerProcess.words) ?? "ended") before it was ready\(said)"
            : "the embedded broker was not ready within \(EmbeddedBrokerProcess.startTimeoutMs / 1000) s\(said)"
    }
}
