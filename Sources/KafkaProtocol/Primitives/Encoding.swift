public import Bytes

/// Appends a whole request frame without its records, beginning with its 4-byte length, and returns
/// where the records go.
///
/// There is a splice for each records field that is not null, in the order of the fields, also for
/// an empty one; the frame's length counts the bytes spliced in. The offsets of splices count from
/// the start of the buffer. On an error the buffer is as before.
public func encodeRequest<Request: KafkaRequest>(
    _ request: Request, version: Int16, correlationId: Int32, clientId: String?, into buffer: ByteBuffer
) throws(WireError) -> [Splice] {
    try encodeFrame(into: buffer) { () throws(WireError) -> [Splice] in
        let header = RequestHeader(
            apiKey: Request.apiKey, apiVersion: version, correlationId: correlationId, clientId: clientId)
        try header.write(to: buffer)
        return try request.write(to: buffer, version: version)
    }
}

/// Appends a whole response frame without its records, by the rules of `encodeRequest`.
public func encodeResponse<Response: KafkaMessage>(
    _ response: Response, version: Int16, correlationId: Int32, into buffer: ByteBuffer
) throws(WireError) -> [Splice] {
    try encodeFrame(into: buffer) { () throws(WireError) -> [Splice] in
        try ResponseHeader(correlationId: correlationId).write(to: buffer, api: Response.api, version: version)
        return try response.write(to: buffer, version: version)
    }
}

/// Writes, before what `body` appends, its length with its splices.
private func encodeFrame(
    into buffer: ByteBuffer, _ body: () throws(WireError) -> [Splice]
) throws(WireError) -> [Splice] {
    let start = buffer.count
    buffer.reserve(MemoryLayout<Int32>.size)
    buffer.append { unsafe $0.append(0, as: Int32.self) }
    do throws(WireError) {
        let splices = try body()
        let size = splices.reduce(buffer.count - start - MemoryLayout<Int32>.size) { $0 + $1.byteCount }
        guard let length = Int32(exactly: size) else {
            throw WireError(.tooLarge(size, limit: Int(Int32.max)), at: start)
        }
        buffer.overwrite(length, at: start)
        return splices
    } catch {
        buffer.truncate(to: start)
        throw error
    }
}
