import Glibc
import System

@testable import Networking

/// A layer such as TLS is, in small: a handshake of one byte each way, records of masked bytes, and
/// steps that want the socket in the other direction. A writer waits for a sign that its record was
/// read, and a reader wants to write now and then.
final class TestLayer: StreamLayer {
    static let mask: UInt8 = 0x5a
    private static let recordByteCountMax = 1000

    private let descriptor: Int32
    private var (received, plain, unsent): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
    private var (isGreeted, isGreeting, isRead) = (false, false, true)
    private var readCount = 0
    private(set) var isClosed = false
    /// Reads that wanted to write, and writes that wanted to read.
    private(set) var (crossedReadCount, crossedWriteCount) = (0, 0)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func shakeHands() -> StreamStep {
        if !isGreeting { unsent.append(UInt8(ascii: "H")) }
        isGreeting = true
        while !isGreeted { if let step = send() ?? receive() { return step } }
        return .done(byteCount: 0)
    }

    func read(into room: UnsafeMutableRawBufferPointer) -> StreamStep {
        readCount += 1
        if readCount % 3 == 0 {
            crossedReadCount += 1
            return .wants(.writable)
        }
        while plain.isEmpty {
            guard let step = send() ?? receive() else { continue }
            if case .failed(let error) = step, error.code == .closedByPeer { return .done(byteCount: 0) }
            return step
        }
        let taken = plain.prefix(room.count)
        room.copyBytes(from: taken)
        plain.removeFirst(taken.count)
        if let step = send(), case .failed = step { return step }
        return .done(byteCount: taken.count)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> StreamStep {
        while !isRead {
            guard let step = send() ?? receive() else { continue }
            if case .wants(.readable) = step { crossedWriteCount += 1 }
            return step
        }
        let taken = bytes.prefix(Self.recordByteCountMax)
        unsent +=
            [UInt8(ascii: "D"), UInt8(taken.count >> 8), UInt8(taken.count & 0xff)] + taken.map { $0 ^ Self.mask }
        isRead = false
        return send() ?? .done(byteCount: taken.count)
    }

    func close() { isClosed = true }

    private func send() -> StreamStep? {
        while !unsent.isEmpty {
            let count = Socket.result(Glibc.send(descriptor, unsent, unsent.count, Int32(MSG_NOSIGNAL)))
            if count == -Int(EAGAIN) { return .wants(.writable) }
            guard count > 0 else { return .failed(NetworkError(errno: Int32(-count), .write, nil)) }
            unsent.removeFirst(count)
        }
        return nil
    }

    private func receive() -> StreamStep? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = Socket.result(recv(descriptor, &chunk, chunk.count, 0))
        if count == -Int(EAGAIN) { return .wants(.readable) }
        guard count != 0 else { return .failed(NetworkError(.closedByPeer, .read, nil, "the stream ended")) }
        guard count > 0 else { return .failed(NetworkError(errno: Int32(-count), .read, nil)) }
        received += chunk[..<count]
        while let kind = received.first {
            switch kind {
            case UInt8(ascii: "H"):
                isGreeted = true
                received.removeFirst()
            case UInt8(ascii: "K"):
                isRead = true
                received.removeFirst()
            case UInt8(ascii: "D"):
                guard received.count >= 3 else { return nil }
                let end = 3 + Int(received[1]) << 8 + Int(received[2])
                guard received.count >= end else { return nil }
                plain += received[3..<end].map { $0 ^ Self.mask }
                received.removeFirst(end)
                unsent.append(UInt8(ascii: "K"))
            default: return .failed(NetworkError(.foreignProtocol, .read, nil, "a record of kind \(kind)"))
            }
        }
        return nil
    }
}
