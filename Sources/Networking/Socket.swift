import CLinux
import Glibc
import System

/// The socket calls, with `errno` taken at once.
enum Socket {
    static func open(_ domain: Int32) throws(Errno) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | nonBlocking | closeOnExec
        let descriptor = socket(domain, kind, 0)
        guard descriptor >= 0 else { throw Errno.last }
        return descriptor
    }

    /// Begins to connect; true if that is done already.
    static func connect(_ descriptor: Int32, to address: IPAddress) throws(Errno) -> Bool {
        // On the same machine the connection is made when the first call returns, but only a second
        // call says so.
        for _ in 0..<2 {
            let result = unsafe address.withSockaddr { unsafe Glibc.connect(descriptor, $0, $1) }
            if result == 0 { return true }
            switch errno {
            case EINPROGRESS: continue
            case EALREADY: return false
            default: throw Errno.last
            }
        }
        return false
    }

    static func openListener(
        at address: IPAddress, _ options: SocketOptions, backlog: Int
    ) throws(Errno) -> Int32 {
        let descriptor = try open(address.domain)
        do throws(Errno) {
            try set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if address.isV6 { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
            // Accepted sockets inherit the options of the listening socket.
            try configure(descriptor, options)
            let result = unsafe address.withSockaddr { unsafe bind(descriptor, $0, $1) }
            guard result == 0, listen(descriptor, Int32(clamping: backlog)) == 0 else { throw Errno.last }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    static func accept(_ listener: Int32) throws(Errno) -> (descriptor: Int32, peer: IPAddress?) {
        var storage = sockaddr_storage()
        var byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe accept4(listener, $0, &byteCount, nonBlocking | closeOnExec)
            }
        }
        guard descriptor >= 0 else { throw Errno.last }
        return (descriptor, IPAddress(storage))
    }

    /// Sends small writes at once, and sets the kernel's buffers where that was asked for; before
    /// `connect` or `listen`, so that the window is agreed accordingly.
    static func configure(_ descriptor: Int32, _ options: SocketOptions) throws(Errno) {
        try set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if let byteCount = options.sendBufferByteCount {
            try set(descriptor, SOL_SOCKET, SO_SNDBUF, Int32(clamping: byteCount))
        }
        if let byteCount = options.receiveBufferByteCount {
            try set(descriptor, SOL_SOCKET, SO_RCVBUF, Int32(clamping: byteCount))
        }
    }

    /// Takes the socket's pending error from the kernel; nil if there is none.
    static func takeError(_ descriptor: Int32) -> Errno? {
        var number: Int32 = 0
        var byteCount = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &byteCount) == 0 else { return Errno.last }
        return number == 0 ? nil : Errno(number)
    }

    /// A call's count, or its error number as a negative one, before anything else can change it.
    static func result(_ count: Int) -> Int { count < 0 ? -Int(errno) : count }

    static func localAddress(_ descriptor: Int32) -> IPAddress? {
        unsafe address { unsafe getsockname(descriptor, $0, $1) }
    }

    static func peerAddress(_ descriptor: Int32) -> IPAddress? {
        unsafe address { unsafe getpeername(descriptor, $0, $1) }
    }

    private static let nonBlocking = Int32(bitPattern: SOCK_NONBLOCK.rawValue)
    private static let closeOnExec = Int32(bitPattern: SOCK_CLOEXEC.rawValue)

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) throws(Errno) {
        var value = value
        let byteCount = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, byteCount) == 0 else { throw Errno.last }
    }

    private static func address(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> IPAddress? {
        var storage = sockaddr_storage()
        var byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &byteCount) }
        }
        return result == 0 ? IPAddress(storage) : nil
    }
}
