internal import Foundation

/// A result as JSON text: keys sorted, a list of plain values on one line, so that files stay small
/// and diffs readable.
enum ResultJSON {
    static func encode(_ result: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return joinPlainLists(Array(try encoder.encode(result))) + [UInt8(ascii: "\n")]
    }

    static func decode(_ bytes: [UInt8]) throws(Problem) -> RunResult {
        try decode(bytes, as: RunResult.self, format: RunResult.currentFormat)
    }

    static func decode<Value: Decodable>(
        _ bytes: [UInt8], as type: Value.Type, format: String
    ) throws(Problem) -> Value {
        let data = Data(bytes)
        do {
            let header = try JSONDecoder().decode(Header.self, from: data)
            guard header.format == format else { throw Problem.unknownFormat(header.format) }
            return try JSONDecoder().decode(type, from: data)
        } catch let problem as Problem {
            throw problem
        } catch let error as DecodingError {
            throw Problem(error, in: data)
        } catch {
            throw .notAResult("\(error)")
        }
    }

    private struct Header: Decodable {
        var format: String
    }

    enum Problem: Error {
        case notAResult(String)
        case unknownFormat(String)
        case damaged(jsonPath: String, what: String)

        init(_ error: DecodingError, in bytes: Data) {
            switch error {
            case .keyNotFound(let key, let context):
                let isHeader = key.stringValue == "format" && context.codingPath.isEmpty
                self =
                    isHeader
                    ? .notAResult("it has no \"format\"")
                    : .damaged(jsonPath: Self.path(context.codingPath + [key]), what: "missing")
            case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
                self =
                    context.codingPath.isEmpty
                    ? .notAResult("it is no JSON object")
                    : .damaged(jsonPath: Self.path(context.codingPath), what: "not \(Self.words(for: type))")
            case .dataCorrupted(let context):
                self =
                    context.codingPath.isEmpty
                    ? Self.explained(bytes)
                    : .damaged(jsonPath: Self.path(context.codingPath), what: context.debugDescription)
            @unknown default: self = .notAResult("\(error)")
            }
        }

        /// What is wrong with bytes that the decoder only calls "not valid JSON".
        private static func explained(_ bytes: Data) -> Problem {
            do {
                let json = try JSONSerialization.jsonObject(with: bytes)
                guard let (jsonPath, what) = ResultSchema.numberMisfit(in: json) else {
                    return .notAResult("a number does not fit")
                }
                return .damaged(jsonPath: jsonPath, what: what)
            } catch {
                let reason = (error as NSError).userInfo["NSDebugDescription"] as? String
                return .notAResult("it is not JSON: \(reason ?? "\(error)")")
            }
        }

        private static func path(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { path, key in
                if let index = key.intValue { return "\(path)[\(index)]" }
                return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
            }
        }

        private static func words(for type: Any.Type) -> String {
            switch type {
            case is String.Type: "a string"
            case is Bool.Type: "true or false"
            case is any BinaryInteger.Type: "a whole number that fits"
            case is Double.Type: "a number"
            case is [Any].Type: "a list"
            default: "what belongs there (\(type))"
            }
        }
    }

    /// Takes the white space out of the lists that hold neither lists nor objects.
    private static func joinPlainLists(_ json: [UInt8]) -> [UInt8] {
        var joined: [UInt8] = []
        joined.reserveCapacity(json.count)
        var index = 0
        while index < json.count {
            if json[index] == UInt8(ascii: "["), let end = endOfPlainList(json, from: index) {
                appendPlainList(json[index...end], to: &joined)
                index = end + 1
            } else if json[index] == UInt8(ascii: "\"") {
                let end = endOfString(json, from: index)
                joined += json[index...end]
                index = end + 1
            } else {
                joined.append(json[index])
                index += 1
            }
        }
        return joined
    }

    /// The place of a list's closing bracket, or nil when it holds other lists or objects.
    private static func endOfPlainList(_ json: [UInt8], from start: Int) -> Int? {
        var index = start + 1
        while index < json.count {
            switch json[index] {
            case UInt8(ascii: "]"): return index
            case UInt8(ascii: "["), UInt8(ascii: "{"): return nil
            case UInt8(ascii: "\""): index = endOfString(json, from: index) + 1
            default: index += 1
            }
        }
        return nil
    }

    private static func endOfString(_ json: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < json.count - 1, json[index] != UInt8(ascii: "\"") {
            index += json[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, json.count - 1)
    }

    private static func appendPlainList(_ list: ArraySlice<UInt8>, to joined: inout [UInt8]) {
        var isInString = false
        var isEscaped = false
        for byte in list {
            if !isInString && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")) { continue }
            joined.append(byte)
            if !isInString && byte == UInt8(ascii: ",") { joined.append(UInt8(ascii: " ")) }
            if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
    }
}
