/// Why bytes could not be compressed or decompressed.
public struct CompressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Equatable, Sendable {
        /// A level that Kafka does not allow for the codec; `allowed` is nil for a codec without
        /// levels.
        case levelNotAllowed(Int, allowed: ClosedRange<Int>?)
        /// The stream grows beyond the cap, in bytes.
        case tooLarge(limit: Int)
        /// The stream ends before its own end mark.
        case truncated
        /// The stream is not of this codec, or is damaged; in the words of the library where it has
        /// any.
        case corrupt(String)
        /// The library failed for a reason of its own, such as memory.
        case library(String)
    }

    /// The codec that was at work.
    public let type: CompressionType
    /// What is wrong.
    public let code: Code

    /// An error of a codec.
    public init(_ type: CompressionType, _ code: Code) {
        self.type = type
        self.code = code
    }

    public var description: String {
        switch code {
        case .levelNotAllowed(let level, let allowed?):
            "\(type): level \(level) is not in \(allowed.lowerBound)…\(allowed.upperBound)"
        case .levelNotAllowed(let level, nil): "\(type): level \(level), but this codec has no levels"
        case .tooLarge(let limit): "\(type): the stream grows beyond the limit of \(limit) bytes"
        case .truncated: "\(type): the stream ends too early"
        case .corrupt(let reason): "\(type): not a valid stream: \(reason)"
        case .library(let reason): "\(type): \(reason)"
        }
    }
}
