import Bytes
import KafkaProtocol
import Networking

/// One request and the way to answer it, at once or later; answered exactly once or, when its
/// connection closes first, not at all.
final class Exchange {
    let apiKey: ApiKey
    let version: Int16
    let correlationId: Int32
    let clientId: String?
    let client: ClientConnection
    private unowned let core: BrokerCore
    /// How long the client is muted once it is answered, because it is beyond a quota.
    var throttleMs: Int32 = 0
    /// The request's bytes, for records to be taken from; given back when it is answered or sooner.
    let frame: ByteBuffer

    init(header: RequestHeader, frame: ByteBuffer, client: ClientConnection, core: BrokerCore) {
        apiKey = header.apiKey
        version = header.apiVersion
        correlationId = header.correlationId
        clientId = header.clientId
        self.frame = frame
        self.client = client
        self.core = core
    }

    /// Gives the request's bytes back to the pool; for requests that wait long and need them no
    /// more.
    func releaseFrame() {
        guard !isFrameReleased else { return }
        isFrameReleased = true
        core.pool.give(frame)
    }
    private var isFrameReleased = false

    /// Answers, with the records of each records field in the order of the fields; nil for a field
    /// without bytes.
    func respond<Response: KafkaMessage>(_ response: Response, version: Int16? = nil, records: [OutputPart?] = []) {
        let head = core.pool.take(256)
        do throws(WireError) {
            let splices = try encodeResponse(
                response, version: version ?? self.version, correlationId: correlationId, into: head)
            client.finish(self, Self.parts(head, splices, records), head: head)
        } catch {
            // A response that its version cannot carry is a bug of this broker.
            core.log("\(apiKey.name) v\(self.version): no response could be written: \(error)")
            client.refuse("its request cannot be answered")
        }
    }

    /// Ends the exchange of a request that wants no response.
    func respondNothing() { client.finish(self, [], head: nil) }

    private static func parts(_ head: ByteBuffer, _ splices: [Splice], _ records: [OutputPart?]) -> [OutputPart] {
        precondition(splices.count == records.count, "a part for each records field")
        var parts: [OutputPart] = []
        parts.reserveCapacity(2 * splices.count + 1)
        var start = 0
        for (splice, part) in zip(splices, records) {
            guard let part, part.byteCount > 0 else { continue }
            parts.append(.buffer(head, start..<splice.offset))
            parts.append(part)
            start = splice.offset
        }
        if start < head.count { parts.append(.buffer(head, start..<head.count)) }
        return parts
    }
}
