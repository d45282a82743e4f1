import KafkaCompression
import KafkaProtocol

/// What became of the records for one partition.
struct AppendOutcome: Equatable {
    var errorCode = ErrorCode.none
    var errorMessage: String?
    var baseOffset: Int64 = -1
    var logAppendTimeMs: Int64 = -1
    var logStartOffset: Int64 = -1
    /// The bytes that the log has grown by; 0 for a duplicate.
    var appendedByteCount = 0
}

/// Why records are not appended: Kafka's code, and words for a client's log.
struct AppendRefusal: Error, Equatable {
    var errorCode: ErrorCode
    var message: String

    init(_ errorCode: ErrorCode, _ message: String) {
        self.errorCode = errorCode
        self.message = message
    }

    init(_ error: WireError) {
        switch error.code {
        case .wrongChecksum, .truncated, .tooLarge: self.init(.corruptMessage, error.description)
        default: self.init(.invalidRecord, error.description)
        }
    }

    init(_ error: RecordConversionError<CompressionError>) {
        switch error {
        case .malformed(let error): self.init(.corruptMessage, error.description)
        case .codec(let error): self.init(.corruptMessage, error.description)
        case .unsupportedCompression(let id):
            self.init(.unsupportedCompressionType, "Codec \(id) has no place in this message format.")
        }
    }

    /// The same for a response.
    var outcome: AppendOutcome { AppendOutcome(errorCode: errorCode, errorMessage: message) }
}
