import Foundation
import KafkaProtocol

/// A request or response that someone else wrote, without its length.
struct FrameFixture: CustomStringConvertible {
    let file: String
    /// Its line in the file, less the heading.
    let number: Int
    let apiKey: ApiKey
    let version: Int16
    let isRequest: Bool
    let client: String
    let broker: String
    let bytes: [UInt8]

    var description: String {
        "\(file) \(number): \(apiKey) v\(version) \(isRequest ? "request" : "response") of \(client) on \(broker)"
    }

    /// Frames between real clients and Apache Kafka.
    static let recorded = load("frames")
    /// Frames with random values for every version, made by Kafka's own schemas.
    static let generated = load("generated")
    /// The frames of the APIs that this code speaks.
    static let all = (recorded + generated).filter { $0.apiKey.api != nil }

    private static func load(_ name: String) -> [FrameFixture] {
        guard let url = Bundle.module.url(forResource: name, withExtension: "tsv", subdirectory: "Fixtures"),
            let text = try? String(contentsOf: url, encoding: .utf8)
        else { preconditionFailure("Fixtures/\(name).tsv is missing") }
        return text.split(separator: "\n").dropFirst().enumerated().map { parse($1, file: name, number: $0 + 1) }
    }

    private static func parse(_ line: Substring, file: String, number: Int) -> FrameFixture {
        let columns = line.split(separator: "\t" as Character)
        guard columns.count == 6, let key = Int16(columns[0]), let version = Int16(columns[1]) else {
            preconditionFailure("frame \(number) of \(file).tsv")
        }
        return FrameFixture(
            file: file, number: number, apiKey: ApiKey(rawValue: key), version: version,
            isRequest: columns[2] == "request", client: String(columns[3]), broker: String(columns[4]),
            bytes: fromHex(columns[5]))
    }
}

/// The bytes that hexadecimal digits stand for; spaces are skipped.
func fromHex(_ hex: some StringProtocol) -> [UInt8] {
    let digits = hex.utf8.filter { $0 != 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
