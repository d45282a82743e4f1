internal import Glibc

/// A moment in UTC, to the second, written as `2026-01-31T13:45:00Z`.
public struct UTCTime: Sendable, Hashable, CustomStringConvertible {
    /// The seconds since 1970.
    public let secondsSince1970: Int

    /// A moment by its seconds since 1970.
    public init(secondsSince1970: Int) { self.secondsSince1970 = secondsSince1970 }

    /// The present moment.
    public static func now() -> UTCTime { UTCTime(secondsSince1970: time(nil)) }

    /// Reads `2026-01-31T13:45:00Z`; nil for anything else.
    public init?(_ text: String) {
        let numbers = text.split { !("0"..."9").contains($0) }.compactMap { Int32($0) }
        guard numbers.count == 6 else { return nil }
        var parts = unsafe tm()
        unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] &- 1900, numbers[1] &- 1, numbers[2])
        unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        secondsSince1970 = unsafe timegm(&parts)
        // timegm takes a 13th month for the next year's first, and other separators were skipped.
        guard description == text else { return nil }
    }

    /// Reads `20260131T134500Z`; nil for anything else.
    public init?(compact text: String) {
        let digits = Array(text)
        guard digits.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        self.init(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z")
        guard compact == text else { return nil }
    }

    /// As `2026-01-31T13:45:00Z`.
    public var description: String { formatted("%Y-%m-%dT%H:%M:%SZ") }

    /// As `20260131T134500Z`, for the names of files.
    public var compact: String { formatted("%Y%m%dT%H%M%SZ") }

    private func formatted(_ format: String) -> String {
        var seconds = time_t(secondsSince1970)
        var parts = unsafe tm()
        guard unsafe (gmtime_r(&seconds, &parts) != nil) else { return "" }
        var bytes = [CChar](repeating: 0, count: 64)
        let count = unsafe strftime(&bytes, bytes.count, format, &parts)
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension UTCTime: Codable {
    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = UTCTime(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text.prefix(40))' is not a time such as 2026-01-31T13:45:00Z")
        }
        self = time
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
