/// `bootstrap.servers`: `host:port`, several separated by commas.
enum ServerList {
    /// The list without blanks, or what is wrong with it.
    static func check(_ text: String, name: String) -> Result<String, KafkaOption.Rejection> {
        let servers = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        for server in servers where !isServer(server) {
            return .failure(
                KafkaOption.Rejection(
                    "\(name) '\(server)' is no host:port (several stand in one text: \"a:9092,b:9092\")"))
        }
        return .success(servers.joined(separator: ","))
    }

    /// Whether a text is `host:port`, with a literal IPv6 address in brackets.
    static func isServer(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        guard (1...5).contains(port.count), let number = UInt16(port), number > 0 else { return false }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.count > 2 && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        return !host.isEmpty && host.allSatisfy { $0.isLetter || $0.isNumber || "-._".contains($0) }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
