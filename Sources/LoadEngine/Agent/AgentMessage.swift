import Foundation
import Results

/// What the engine tells an agent, a line of JSON each.
enum AgentCommand: Codable, Sendable, Equatable {
    /// Measure; one order at a time.
    case measure(MeasurementOrder)
    /// End the window of what is measured now.
    case stop
    /// What is waited for will not come.
    case lost(InvalidReason)
    /// What was requested, by that number, is done.
    case answer(EngineAnswer, to: Int)
    /// What was requested, by that number, could not be done.
    case refuse(InvalidReason, to: Int)
}

/// What an agent tells the engine, a line of JSON each.
enum AgentEvent: Codable, Sendable, Equatable {
    /// It waits for orders.
    case ready(AgentBuild)
    /// Nothing new, but it is there; about once a second.
    case alive
    /// So many records or starts so far.
    case progress(Int)
    /// It needs something of the engine; the answer has the same number.
    case ask(EngineRequest, number: Int)
    /// The order is carried out.
    case measured(Measured)
    /// Nothing could be measured.
    case failed(InvalidReason)
}

/// Which build an agent is of, and what it understands.
public struct AgentBuild: Codable, Sendable, Equatable {
    /// The version of what engine and agent tell each other: raised with every change of a
    /// message, so that builds that would misunderstand each other do not try.
    public static let protocolVersion = 3

    /// What it speaks.
    public var protocolVersion = AgentBuild.protocolVersion
    /// Weir's version.
    public var version: String
    /// The commit it was built from.
    public var commit: String

    /// A build that speaks what this one does.
    public init(version: String, commit: String) { (self.version, self.commit) = (version, commit) }

    /// Why it cannot be given orders; nil where it can.
    var objection: String? {
        guard protocolVersion != Self.protocolVersion else { return nil }
        return "the load generator of weir \(version) (\(commit)) speaks version \(protocolVersion) of what engine and "
            + "load generator tell each other, and this weir speaks \(Self.protocolVersion)"
    }
}

/// The lines between the two.
enum AgentLine {
    /// A line is no longer than this, which a million starts or partitions do not take.
    static let byteCountMax = 64 << 20

    /// A message as a line with its end.
    static func encoded(_ message: some Encodable) throws(AgentError) -> [UInt8] {
        do {
            let line = try JSONEncoder().encode(message)
            guard line.count < byteCountMax else { throw AgentError.tooLong(number: nil) }
            return Array(line) + [UInt8(ascii: "\n")]
        } catch let error as AgentError {
            throw error
        } catch {
            throw AgentError.unreadable(number: nil, why: why(error))
        }
    }

    /// The message in a line, which is the `number`th from 1; errors name places in it and never
    /// values, as an order may carry secrets.
    static func decoded<Message: Decodable>(
        _ line: [UInt8], as type: Message.Type, number: Int
    ) throws(AgentError) -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(line))
        } catch {
            throw AgentError.unreadable(number: number, why: why(error))
        }
    }

    private static func why(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath + [last].compactMap { $0 }
            return keys.isEmpty ? "at its top" : "at " + keys.map(\.stringValue).joined(separator: "/")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "nothing stands \(place(context, key))"
        case DecodingError.typeMismatch(_, let context): return "another kind of value stands \(place(context))"
        case DecodingError.valueNotFound(_, let context): return "null stands \(place(context))"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "a value is wrong \(place(context))"
        case is DecodingError: return "it is no JSON"
        default: return "it cannot be written"
        }
    }
}

/// What is wrong with what engine and agent tell each other.
enum AgentError: Error, Equatable, CustomStringConvertible {
    /// A line that is no message; nil where it was to be sent.
    case unreadable(number: Int?, why: String)
    /// A line beyond `AgentLine.byteCountMax`.
    case tooLong(number: Int?)

    var description: String {
        switch self {
        case .unreadable(let number, let why): "\(Self.line(number)) is no message between engine and agent: \(why)"
        case .tooLong(let number): "\(Self.line(number)) is longer than \(AgentLine.byteCountMax) bytes"
        }
    }

    private static func line(_ number: Int?) -> String { number.map { "line \($0)" } ?? "a line to send" }
}
