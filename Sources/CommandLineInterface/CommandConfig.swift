import Foundation

/// The file of `--command-config`: connection properties, a `key=value` a line as Kafka's own tools take them.
enum CommandConfig {
    /// The longest file that is read.
    private static let byteCountMax = 1 << 20

    static func read(_ arguments: ParsedArguments) throws(UsageError) -> [String: String] {
        guard let path = arguments.last("command-config") else { return [:] }
        guard arguments.has("bootstrap-servers") else {
            throw UsageError(message: "run: --command-config belongs to a cluster: give --bootstrap-servers too")
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= byteCountMax else {
            throw UsageError(message: "run: --command-config \(path) cannot be read")
        }
        return try parse(String(decoding: data, as: UTF8.self), path: path)
    }

    static func parse(_ text: String, path: String) throws(UsageError) -> [String: String] {
        var properties: [String: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !line.isEmpty, !line.hasPrefix("#"), !line.hasPrefix("!") else { continue }
            guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                throw UsageError(message: "run: \(path):\(index + 1): '\(line.prefix(20))…' is no key=value")
            }
            let key = line[..<separator].trimmingCharacters(in: .whitespaces)
            properties[key] = line[line.index(after: separator)...].trimmingCharacters(in: .whitespaces)
        }
        return properties
    }
}
