/// A host, by name or number, and a port.
public struct SocketAddress: Hashable, Sendable {
    /// A name, an IPv4 address or an IPv6 address without brackets.
    public let host: String
    /// The TCP port; 0 lets a listener choose a free one.
    public let port: UInt16

    /// An address from its parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Parses `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`.
    public init(parsing text: String) throws(NetworkError) {
        let (host, port) = try Self.split(text)
        guard !host.isEmpty else { throw Self.invalid(text, "the host is missing; write host:port") }
        guard host.utf8.count <= 255, host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw Self.invalid(text, "not a host name: at most 255 bytes without spaces")
        }
        guard !port.isEmpty else {
            let example = SocketAddress(host: String(host), port: 9092)
            throw Self.invalid(text, "the port is missing; write host:port, e.g. \(example)")
        }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port) else {
            throw Self.invalid(text, "\"\(port)\" is not a port between 0 and 65535")
        }
        self.init(host: String(host), port: number)
    }

    private static func split(_ text: String) throws(NetworkError) -> (Substring, Substring) {
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else {
                throw invalid(text, "the ']' is missing; write [address]:port")
            }
            let host = text[text.index(after: text.startIndex)..<bracket]
            let rest = text[text.index(after: bracket)...]
            guard IPAddress(String(host), port: 0)?.isV6 == true else {
                throw invalid(text, "\"\(host)\" is not an IPv6 address")
            }
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw invalid(text, "after ']' comes ':' and the port")
            }
            return (host, rest.dropFirst())
        }
        guard let colon = text.lastIndex(of: ":") else { return (text[...], "") }
        let host = text[..<colon]
        guard !host.contains(":") else {
            throw invalid(text, "an IPv6 address is written in brackets: [::1]:9092")
        }
        return (host, text[text.index(after: colon)...])
    }

    private static func invalid(_ text: String, _ reason: String) -> NetworkError {
        NetworkError(.invalidAddress, .address, nil, "\"\(text)\": \(reason)")
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `host:port`, with brackets around an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
