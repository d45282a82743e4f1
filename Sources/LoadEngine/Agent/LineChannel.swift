import Foundation
import Glibc
import Networking
import Synchronization
import System

/// Lines to and from another process, by a thread of its own, so that a sender never waits.
final class LineChannel: Sendable {
    /// What it calls, all on its thread.
    struct Handlers: Sendable {
        /// A line came, the `number`th from 1.
        let onLine: @Sendable (_ line: [UInt8], _ number: Int) -> Void
        /// About a second has passed.
        let onTick: @Sendable () -> Void
        /// No more lines come: the other end was closed, or one was too long. It is called once,
        /// last.
        let onEnd: @Sendable (AgentError?) -> Void
    }

    private struct State {
        var outgoing: [[UInt8]] = []
        var byteCount = 0
        var isClosing = false
        var hasEnded = false
        var lastWords: [UInt8] = []
    }

    private let input: Int32
    private let output: Int32
    private let errors: Int32?
    private let wakeRead: Int32
    private let wakeWrite: Int32
    private let state = Mutex(State())

    private static let tickMs: Int32 = 1_000
    /// What a pipe takes at once when `poll` says that it has room.
    private static let writeByteCount = 4096
    private static let readByteCount = 1 << 16
    /// How much of the end of the error stream is kept.
    private static let lastWordsByteCountMax = 2048

    /// Takes over the descriptors, and a pipe by which its thread is woken, and closes them at its
    /// end.
    init(input: Int32, output: Int32, errors: Int32? = nil, wake: PipeEnds) {
        (self.input, self.output, self.errors) = (input, output, errors)
        (wakeRead, wakeWrite) = (wake.readEnd, wake.writeEnd)
    }

    /// Begins to read and write.
    func start(_ handlers: Handlers) {
        let thread = Thread { self.run(handlers) }
        thread.name = "weir-lines"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Sends a line with its newline; from any thread. A line that may be left out is dropped while
    /// others wait.
    func send(_ line: [UInt8], mayBeLeftOut: Bool = false) {
        state.withLock { state in
            guard !state.isClosing, !state.hasEnded, !mayBeLeftOut || state.byteCount == 0 else { return }
            state.outgoing.append(line)
            state.byteCount += line.count
            wake()
        }
    }

    /// Closes this end when everything is sent; lines still come until the other end is closed.
    func close() {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.isClosing = true
            wake()
        }
    }

    /// The end of what came over the error stream.
    var lastWords: String {
        let bytes = state.withLock { $0.lastWords }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func wake() {
        var byte: UInt8 = 0
        _ = unsafe Glibc.write(wakeWrite, &byte, 1)
    }

    // MARK: The thread

    private func run(_ handlers: Handlers) {
        var reader = LineReader(byteCountMax: AgentLine.byteCountMax)
        var sending: ArraySlice<UInt8> = []
        var (isOpen, hasErrors) = (true, errors != nil)
        var nextTickNs = EventLoop.nowNs().later(byMs: Int(Self.tickMs))
        var fault: AgentError?
        while true {
            if sending.isEmpty { sending = next(isOpen: &isOpen) }
            let ready = Self.poll([
                pollfd(fd: input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen && !sending.isEmpty ? output : -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0),
                pollfd(fd: hasErrors ? errors ?? -1 : -1, events: Int16(POLLIN), revents: 0),
            ])
            if EventLoop.nowNs() >= nextTickNs {
                nextTickNs = EventLoop.nowNs().later(byMs: Int(Self.tickMs))
                handlers.onTick()
            }
            if ready[2] { _ = Self.read(wakeRead) }
            if ready[3], let errors { hasErrors = noteErrors(errors) }
            if ready[1], !Self.write(&sending, to: output) { sending = [] }
            guard ready[0] else { continue }
            guard let bytes = Self.read(input) else { break }
            do throws(AgentError) {
                let first = reader.lineCount + 1
                for (index, line) in try reader.take(bytes).enumerated() { handlers.onLine(line, first + index) }
            } catch {
                fault = error
                break
            }
        }
        // A channel that has ended sends nothing more.
        while hasErrors, let errors {
            let isReady = Self.poll([pollfd(fd: errors, events: Int16(POLLIN), revents: 0)])[0]
            hasErrors = isReady && noteErrors(errors)
        }
        end(isOpen: isOpen)
        handlers.onEnd(fault)
    }

    /// The next line to send; closes the output where nothing more is.
    private func next(isOpen: inout Bool) -> ArraySlice<UInt8> {
        let (line, closes) = state.withLock { state -> ([UInt8], Bool) in
            guard let line = state.outgoing.first else { return ([], state.isClosing) }
            state.outgoing.removeFirst()
            state.byteCount -= line.count
            return (line, false)
        }
        if closes, isOpen {
            Glibc.close(output)
            isOpen = false
        }
        return line[...]
    }

    private func noteErrors(_ errors: Int32) -> Bool {
        guard let bytes = Self.read(errors) else { return false }
        state.withLock { state in
            state.lastWords += bytes
            state.lastWords.removeFirst(max(0, state.lastWords.count - Self.lastWordsByteCountMax))
        }
        return true
    }

    private func end(isOpen: Bool) {
        // Nothing is written to a closed descriptor, which may be reused.
        state.withLock { state in
            state.hasEnded = true
            state.outgoing = []
            for descriptor in [input, isOpen ? output : -1, wakeRead, wakeWrite, errors ?? -1] where descriptor >= 0 {
                Glibc.close(descriptor)
            }
        }
    }

    /// Which of the descriptors are ready, or at their end.
    private static func poll(_ descriptors: [pollfd]) -> [Bool] {
        var descriptors = descriptors
        let count = unsafe Glibc.poll(&descriptors, nfds_t(descriptors.count), tickMs)
        return descriptors.map { count > 0 && $0.revents != 0 }
    }

    /// What there is; nil at the end.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: readByteCount)
        while true {
            let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(bytes[..<count]) : nil
        }
    }

    /// Writes some of it; false where nobody reads any more.
    private static func write(_ bytes: inout ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(descriptor, buffer.baseAddress, min(buffer.count, writeByteCount))
        }
        if count < 0 { return errno == EINTR || errno == EAGAIN }
        bytes = bytes.dropFirst(count)
        return true
    }
}
