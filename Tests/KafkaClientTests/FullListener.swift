import Glibc
import Testing

/// A loopback address where a connection is neither accepted nor refused, because the queue of
/// waiting ones is full.
final class FullListener: Sendable {
    let address: String
    private let descriptors: [Int32]

    init() throws {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(bitPattern: SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, kind, 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var descriptors = [listener]
        let isListening = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, size) == 0, listen(listener, 0) == 0,
                    getsockname(listener, address, &size) == 0
                else { return false }
                // The queue takes one more than it was asked for.
                for _ in 0..<4 {
                    let caller = socket(AF_INET, kind | Int32(bitPattern: SOCK_NONBLOCK.rawValue), 0)
                    descriptors.append(caller)
                    _ = connect(caller, address, size)
                }
                return true
            }
        }
        try #require(isListening)
        self.descriptors = descriptors
        address = "127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
