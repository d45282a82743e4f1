import Bytes
import KafkaProtocol
import Networking
import System

/// A request under way: how it is written, what it waits for, and who gets its outcome.
final class PendingRequest {
    /// What became of a request.
    enum Outcome {
        /// Its answer, the header included; the receiver gives the buffer back.
        case answered(ByteBuffer)
        /// It was handed to the kernel, and no answer is due.
        case sent
        /// It failed; `wasSent` says whether the broker may have seen it.
        case failed(ClientError, wasSent: Bool)
    }

    let api: ApiKey
    let timeoutNs: UInt64
    let isAnswered: Bool
    /// For how long the broker is asked to hold the answer back, where nothing is there to send.
    let askedNs: UInt64
    /// Writes the request's head and says where the records go.
    let encode: (_ version: Int16, _ correlationId: Int32, _ head: ByteBuffer) throws(WireError) -> [Splice]
    /// The records that go into the splices, in order.
    let records: [(buffer: ByteBuffer, range: Range<Int>)]
    /// Told once. An error thrown by it says that the answer breaks the protocol, and closes the
    /// connection.
    let finish: (PendingRequest, Outcome) throws(ClientError) -> Void
    /// Told when it is handed to the socket.
    var onSend: ((_ nowNs: UInt64) -> Void)?
    var version: Int16 = 0
    var sentNs: UInt64 = 0
    /// How many round trips its client had waited for when it was sent.
    var roundTripsBefore = 0
    var wasSent = false
    /// Whether its version was sent before the broker had said what it serves.
    var isVersionAssumed = false
    /// What was written of it, until nobody reads it any more.
    var head: ByteBuffer?

    init<Request: KafkaRequest>(
        _ request: Request, clientId: String, timeoutMs: Int, isAnswered: Bool = true, askedMs: Int = 0,
        records: [(buffer: ByteBuffer, range: Range<Int>)] = [],
        finish: @escaping (PendingRequest, Outcome) throws(ClientError) -> Void
    ) {
        api = Request.apiKey
        timeoutNs = .nanoseconds(ofMs: timeoutMs)
        self.isAnswered = isAnswered
        askedNs = .nanoseconds(ofMs: askedMs)
        self.records = records
        self.finish = finish
        encode = { (version, correlationId, head) throws(WireError) in
            try encodeRequest(request, version: version, correlationId: correlationId, clientId: clientId, into: head)
        }
    }
}

/// Reads an answer behind its header; what does not fit the schema is an error that names the API.
func parseAnswer<Response: KafkaMessage>(
    _ type: Response.Type, _ frame: ByteBuffer, version: Int16
) throws(ClientError) -> Response {
    do throws(WireError) {
        var reader = WireReader(frame.bytes)
        _ = try ResponseHeader(parsing: &reader, api: Response.api, version: version)
        return try Response(parsing: &reader, version: version)
    } catch {
        throw ClientError(
            .malformedResponse("the answer cannot be read as version \(version): \(error) of \(frame.count)"),
            api: Response.apiKey)
    }
}
