import Foundation
import Glibc
import Synchronization
import Testing

/// Stands before a broker and falls sick when it is told to: whoever speaks to it does so at an
/// address that the broker advertises.
///
/// A thread a direction and connection; all end with their connections.
final class SickProxy: Sendable {
    /// How it treats what it is sent from now on, on connections that are open too.
    enum Health: Sendable, CaseIterable {
        case well
        /// Takes requests and answers none.
        case mute
        /// Closes the connection with each request.
        case hangsUp
        /// Answers a byte at a time.
        case drips
    }

    private struct State {
        var health = Health.well
        /// The APIs that it is sick for; nil for all.
        var api: Int16?
        var brokerPort: UInt16 = 0
        var hidesTopicIds = false
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    var address: String { "127.0.0.1:\(port)" }

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = Self.place(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isListening)
        port = UInt16(bigEndian: name.sin_port)
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Leads to a broker from now on.
    func lead(to brokerPort: UInt16) {
        state.withLock { $0.brokerPort = brokerPort }
        let listener = listener
        Self.run { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { break }
                self.join(client)
            }
            close(listener)
        }
    }

    /// Falls sick, or gets well; for one API if it is named.
    func turn(_ health: Health, for api: Int16? = nil) {
        state.withLock { ($0.health, $0.api) = (health, api) }
    }

    /// Makes the broker one that serves no version of Metadata with topic ids.
    func hideTopicIds() { state.withLock { $0.hidesTopicIds = true } }

    /// Metadata's line in an answer to ApiVersions, with the newest version lowered from 13 to 8.
    private static func withoutTopicIds(_ bytes: [UInt8]) -> [UInt8] {
        let line: [UInt8] = [0, 3, 0, 0, 0, 13, 0]
        var bytes = bytes
        for start in bytes.indices.dropLast(line.count - 1) where bytes[start..<start + line.count].elementsEqual(line)
        {
            bytes[start + 5] = 8
        }
        return bytes
    }

    private func join(_ client: Int32) {
        let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = Self.place(state.withLock { $0.brokerPort })
        let isConnected = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(broker, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return [client, broker].forEach { close($0) } }
        let end: @Sendable () -> Void = {
            for descriptor in [client, broker] { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        let pair = Pair([client, broker])
        Self.run { [self] in
            while let frame = Self.readFrame(client) {
                let (health, api) = state.withLock { ($0.health, $0.api) }
                let isMeant = api == nil || frame.count >= 6 && api == Int16(frame[4]) << 8 | Int16(frame[5])
                if health == .hangsUp, isMeant { break }
                if health == .mute, isMeant { continue }
                guard Self.writeAll(broker, frame[...]) else { break }
            }
            end()
            pair.leave()
        }
        Self.run { [self] in
            while var bytes = Self.readSome(broker) {
                if state.withLock({ $0.hidesTopicIds }) { bytes = Self.withoutTopicIds(bytes) }
                guard forward(bytes, to: client) else { break }
            }
            end()
            pair.leave()
        }
    }

    private func forward(_ bytes: [UInt8], to client: Int32) -> Bool {
        var left = bytes[...]
        while !left.isEmpty {
            let isDripping = state.withLock { $0.health == .drips }
            guard Self.writeAll(client, isDripping ? left.prefix(1) : left) else { return false }
            left = isDripping ? left.dropFirst() : []
            // How such a broker is: nothing is waited for here.
            if isDripping { poll(nil, 0, 200) }
        }
        return true
    }

    /// Closes both sockets once nobody uses them.
    private final class Pair: Sendable {
        private let left = Atomic<Int>(2)
        private let descriptors: [Int32]

        init(_ descriptors: [Int32]) { self.descriptors = descriptors }

        func leave() {
            if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { descriptors.forEach { close($0) } }
        }
    }

    private static func run(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { body() }
        thread.start()
    }

    private static func place(_ port: UInt16) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        name.sin_port = port.bigEndian
        return name
    }

    private static func readFrame(_ descriptor: Int32) -> [UInt8]? {
        guard let head = readExactly(descriptor, 4) else { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard let body = readExactly(descriptor, count) else { return nil }
        return head + body
    }

    private static func readExactly(_ descriptor: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + done, count - done) }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }

    private static func readSome(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return got > 0 ? Array(bytes.prefix(got)) : nil
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }
}
