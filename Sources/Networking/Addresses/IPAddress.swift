import CLinux
import Glibc

/// A numeric address and port in the form that the socket calls take.
struct IPAddress: Hashable, Sendable {
    fileprivate enum Family: Hashable {
        case v4(UInt32)
        case v6(high: UInt64, low: UInt64, scope: UInt32)
    }

    private let family: Family
    /// The TCP port.
    let port: UInt16

    var isV6: Bool { if case .v6 = family { true } else { false } }

    /// The address family as `socket` takes it.
    var domain: Int32 { isV6 ? AF_INET6 : AF_INET }

    /// A numeric address as people write it; nil for anything else.
    init?(_ text: String, port: UInt16) {
        self.port = port
        var v4 = in_addr()
        var v6 = in6_addr()
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            family = .v4(v4.s_addr)
        } else if unsafe inet_pton(AF_INET6, text, &v6) == 1 {
            family = .v6(v6, scope: 0)
        } else {
            return nil
        }
    }

    /// What a system call wrote.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in.self) }
            port = UInt16(bigEndian: address.sin_port)
            family = .v4(address.sin_addr.s_addr)
        case AF_INET6:
            let address = unsafe withUnsafeBytes(of: &storage) { unsafe $0.load(as: sockaddr_in6.self) }
            port = UInt16(bigEndian: address.sin6_port)
            family = .v6(address.sin6_addr, scope: address.sin6_scope_id)
        default: return nil
        }
    }

    /// Lends the address in the system's layout.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let byteCount = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            switch family {
            case .v4(let number):
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = number
                unsafe bytes.storeBytes(of: address, as: sockaddr_in.self)
                return MemoryLayout<sockaddr_in>.size
            case .v6(let high, let low, let scope):
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = port.bigEndian
                address.sin6_scope_id = scope
                unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                    unsafe $0.storeBytes(of: high, as: UInt64.self)
                    unsafe $0.storeBytes(of: low, toByteOffset: 8, as: UInt64.self)
                }
                unsafe bytes.storeBytes(of: address, as: sockaddr_in6.self)
                return MemoryLayout<sockaddr_in6>.size
            }
        }
        return unsafe withUnsafePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(byteCount)) }
        }
    }

    /// The address without its port, as people write it.
    var host: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch family {
        case .v4(let number):
            var address = in_addr(s_addr: number)
            _ = unsafe inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        case .v6(let high, let low, _):
            var address = (high, low)
            _ = unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension IPAddress.Family {
    fileprivate static func v6(_ address: in6_addr, scope: UInt32) -> Self {
        unsafe withUnsafeBytes(of: address) {
            unsafe .v6(
                high: $0.load(as: UInt64.self), low: $0.load(fromByteOffset: 8, as: UInt64.self), scope: scope)
        }
    }
}
