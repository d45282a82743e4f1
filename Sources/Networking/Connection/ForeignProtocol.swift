/// What a peer speaks instead of frames, by the first bytes that it sent.
public enum ForeignProtocol: Hashable, Sendable {
    /// TLS: an alert, or a handshake.
    case tls
    /// HTTP, with the line that it began with.
    case http(String)
    /// HTTP/2, as gRPC servers speak it.
    case http2
    /// Lines of text, such as SSH, SMTP or Redis begin with.
    case text(String)
    /// The greeting of MySQL or MariaDB.
    case mySQL
    /// An error message of PostgreSQL.
    case postgreSQL

    /// Recognizes a stream by its beginning; nil where it could be frames, or anything.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 3 else { return nil }
        if (0x14...0x17).contains(bytes[0]), bytes[1] == 3, bytes[2] <= 4 {
            self = .tls
        } else if let line = Self.line(bytes) {
            self = Self.isHTTP(line) ? .http(line) : .text(line)
        } else if bytes.count >= 5, bytes[1...3] == [0, 0, 0], bytes[4] == 10 {
            self = .mySQL
        } else if bytes.count >= 4, bytes[0] == UInt8(ascii: "E"), bytes[1...2] == [0, 0] {
            self = .postgreSQL
        } else if Self.isHTTP2(bytes) {
            self = .http2
        } else {
            return nil
        }
    }

    /// What the peer speaks, in words.
    var words: String {
        switch self {
        case .tls: "the peer speaks TLS"
        case .http(let line): "the peer speaks HTTP: '\(line)'"
        case .http2: "the peer speaks HTTP/2, as gRPC does"
        case .text(let line): "the peer speaks in text: '\(line)'"
        case .mySQL: "the peer speaks the protocol of MySQL"
        case .postgreSQL: "the peer speaks the protocol of PostgreSQL"
        }
    }

    /// The first line, if the stream begins with four characters at least.
    private static func line(_ bytes: [UInt8]) -> String? {
        let line = bytes.prefix { (0x20...0x7e).contains($0) || $0 == 9 }.prefix(60)
        return line.count >= 4 ? String(decoding: line, as: UTF8.self) : nil
    }

    private static func isHTTP(_ line: String) -> Bool {
        ["HTTP", "GET ", "POST", "PUT ", "HEAD", "PRI ", "OPTI"].contains { line.hasPrefix($0) }
    }

    /// A SETTINGS frame on stream 0, which every HTTP/2 server begins with: its first bytes could
    /// also be the length of a frame of 4, 1540, 3076 … bytes, so the rest is checked too.
    private static func isHTTP2(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 9, bytes[0] == 0, bytes[3] == 4, bytes[4...8] == [0, 0, 0, 0, 0] else { return false }
        let byteCount = Int(bytes[1]) << 8 | Int(bytes[2])
        guard byteCount > 0, byteCount.isMultiple(of: 6) else { return byteCount == 0 }
        return bytes.count < 11 || bytes[9] == 0 && (1...16).contains(bytes[10])
    }
}

extension FramedConnection {
    /// What the peer speaks instead of frames, as far as the first bytes show it.
    public var foreignProtocol: ForeignProtocol? {
        assembler.frameCount == 0 ? ForeignProtocol(assembler.beginning) : nil
    }

    /// How much of an incomplete frame has come, in words; nil between two frames.
    public var partialFrame: String? { assembler.isBetweenFrames ? nil : assembler.progress }
}
