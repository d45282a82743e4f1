import Bytes
import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// A server that answers by a script, and correctly where the script says nothing.
final class ScriptedServer: @unchecked Sendable {
    /// What it does with a request.
    enum Reply {
        /// Answers as a broker with one topic `t` of one partition would.
        case well
        /// Writes these bytes, whatever they are.
        case raw([UInt8])
        /// Answers with this payload behind the right correlation id.
        case payload([UInt8])
        /// Answers with this payload behind another correlation id.
        case misnumbered([UInt8])
        /// Answers a fetch with these records.
        case records([UInt8])
        /// Answers a fetch with this error.
        case refused(ErrorCode)
        /// Names a leader: 1 at the usual address, 2 at another one of this server, 3 where nobody
        /// listens.
        case led(by: Int32)
        /// Keeps the request, to be answered by `release`.
        case hold
        /// Answers a produce request for the one partition.
        case produced(ErrorCode, baseOffset: Int64)
        /// Answers nothing from now on, because a broker answers in order.
        case mute
        /// Hangs up.
        case close
        /// Writes these bytes and hangs up.
        case rawThenClose([UInt8])
        /// Says what it serves.
        case served([ApiKey: ClosedRange<Int16>])
        /// Begins an answer and sends one byte of it every few milliseconds, without an end.
        case drip
        /// Answers with this message.
        case message(any KafkaMessage & Sendable)
        /// Answers correctly and hangs up.
        case lastWell
        /// Answers a Metadata request with a throttle time.
        case throttled(ms: Int32)
        /// Answers that it does not know this version of ApiVersions.
        case tooNew
    }

    typealias Script = @Sendable (RequestHeader, ByteBuffer) -> Reply

    private let loop: EventLoop
    private let pool = BufferPool(keptByteCountMax: 1 << 20)
    private let script: Script
    private let advertisedHost: String
    private var listener: Listener?
    private var connections: [ObjectIdentifier: FramedConnection] = [:]
    private var held: [(header: RequestHeader, connection: FramedConnection)] = []
    let counts = Mutex<[ApiKey: Int]>([:])
    let connectionCount = Mutex(0)
    private(set) var port: UInt16 = 0

    private init(_ loop: EventLoop, advertisedHost: String, _ script: @escaping Script) {
        self.loop = loop
        self.advertisedHost = advertisedHost
        self.script = script
    }

    /// Runs `body` with a client of a server that answers by `script`; the client knows it by one
    /// host, and is told the other.
    static func run(
        _ properties: [String: String] = [:], bootstrapHost: String = "127.0.0.1",
        advertisedHost: String = "127.0.0.1", _ script: @escaping Script,
        _ body: @Sendable (ScriptedServer, Client) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "scripted")
        let server = ScriptedServer(loop, advertisedHost: advertisedHost, script)
        let outcome: Result<Void, any Error>
        do {
            try await server.listen()
            let standard = [
                "bootstrap.servers": "\(bootstrapHost):\(server.port)", "retry.backoff.ms": "2",
                "retry.backoff.max.ms": "10",
                "reconnect.backoff.ms": "2", "reconnect.backoff.max.ms": "10", "request.timeout.ms": "10000",
                "default.api.timeout.ms": "20000",
            ]
            let configuration = try ClientConfiguration(properties: standard.merging(properties) { $1 })
            let client = Client(configuration: configuration, loop: loop)
            try await body(server, client)
            await client.close()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await loop.stop()
        try outcome.get()
    }

    func count(_ api: ApiKey) -> Int { counts.withLock { $0[api] ?? 0 } }

    /// Waits until so many requests of this kind have come.
    func wait(for api: ApiKey, count: Int = 1) async {
        while self.count(api) < count { await Task.yield() }
    }

    /// Answers a request that it holds, the oldest unless told which.
    func release(_ reply: Reply, at index: Int = 0) async {
        await withCheckedContinuation { continuation in
            loop.execute { [self] in
                let (header, connection) = held.remove(at: index)
                give(reply, header, connection)
                continuation.resume()
            }
        }
    }

    private func listen() async throws {
        let result: Result<UInt16, NetworkError> = await withCheckedContinuation { continuation in
            loop.execute { [self] in
                do throws(NetworkError) {
                    let address = SocketAddress(host: "0.0.0.0", port: 0)
                    let listener = try Listener(at: address, on: loop, pool: pool) { [unowned self] in accept($0) }
                    self.listener = listener
                    continuation.resume(returning: .success(listener.port))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        port = try result.get()
    }

    private func accept(_ connection: FramedConnection) {
        connectionCount.withLock { $0 += 1 }
        connections[ObjectIdentifier(connection)] = connection
        connection.onFrame = { [unowned self, unowned connection] in received($0, connection) }
        connection.onClose = { [unowned self, unowned connection] _ in
            connections[ObjectIdentifier(connection)] = nil
        }
    }

    private func received(_ frame: ByteBuffer, _ connection: FramedConnection) {
        var reader = WireReader(frame.bytes)
        guard let header = try? RequestHeader(parsing: &reader) else { return connection.close() }
        counts.withLock { $0[header.apiKey, default: 0] += 1 }
        give(script(header, frame), header, connection)
    }

    private func give(_ reply: Reply, _ header: RequestHeader, _ connection: FramedConnection) {
        switch reply {
        case .well: answerWell(header, connection)
        case .raw(let bytes): write(bytes, connection)
        case .payload(let bytes): write(framed(header.correlationId, bytes), connection)
        case .misnumbered(let bytes): write(framed(header.correlationId &+ 7, bytes), connection)
        case .records(let records): answerFetch(header, records, connection)
        case .refused(let error): answerFetch(header, [], connection, error)
        case .led(let node): answer(metadata(leader: node), header, connection)
        case .hold: held.append((header, connection))
        case .produced(let error, let baseOffset): answerProduce(header, error, baseOffset, connection)
        case .mute: connection.pauseReading()
        case .close: connection.close()
        case .rawThenClose(let bytes):
            write(bytes, connection)
            connection.send([]) { connection.close() }
        case .drip:
            write(bigEndian(100_000) + bigEndian(header.correlationId), connection)
            drip(connection)
        case .message(let response): answer(response, header, connection)
        case .served(let ranges): answer(versions(ranges), header, connection)
        case .lastWell:
            answerWell(header, connection)
            connection.send([]) { connection.close() }
        case .throttled(let ms):
            var response = metadata()
            response.throttleTimeMs = ms
            answer(response, header, connection)
        case .tooNew:
            var response = versions([.apiVersions: 0...2])
            response.errorCode = .unsupportedVersion
            answer(response, header, connection, version: 0)
        }
    }

    private func drip(_ connection: FramedConnection) {
        guard connection.isOpen else { return }
        write([0], connection)
        loop.schedule(atNs: EventLoop.nowNs() + 5_000_000) { [weak self, weak connection] in
            if let connection { self?.drip(connection) }
        }
    }

    private func framed(_ correlationId: Int32, _ payload: [UInt8]) -> [UInt8] {
        bigEndian(Int32(payload.count + 4)) + bigEndian(correlationId) + payload
    }

    private func write(_ bytes: [UInt8], _ connection: FramedConnection) {
        let buffer = ByteBuffer(capacity: bytes.count)
        buffer.append(bytes.span.bytes)
        connection.send(buffer)
    }

    private func answerWell(_ header: RequestHeader, _ connection: FramedConnection) {
        switch header.apiKey {
        case .apiVersions:
            let all = Api.all.map { ($0.key, $0.versions) }
            answer(versions(Dictionary(uniqueKeysWithValues: all)), header, connection)
        case .metadata: answer(metadata(), header, connection)
        case .listOffsets:
            var partition = ListOffsetsResponse.ListOffsetsPartitionResponse()
            partition.offset = 0
            var topic = ListOffsetsResponse.ListOffsetsTopicResponse()
            topic.name = "t"
            topic.partitions = [partition]
            var response = ListOffsetsResponse()
            response.topics = [topic]
            answer(response, header, connection)
        case .initProducerId:
            var response = InitProducerIdResponse()
            response.producerId = Int64(count(.initProducerId))
            response.producerEpoch = 0
            answer(response, header, connection)
        case .findCoordinator:
            var response = FindCoordinatorResponse()
            response.nodeId = 1
            (response.host, response.port) = (advertisedHost, Int32(port))
            answer(response, header, connection)
        default: connection.close()
        }
    }

    private func versions(_ ranges: [ApiKey: ClosedRange<Int16>]) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.apiKeys = ranges.map { key, versions in
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = key
            entry.minVersion = versions.lowerBound
            entry.maxVersion = versions.upperBound
            return entry
        }
        return response
    }

    private func metadata(leader: Int32 = 1) -> MetadataResponse {
        let places = [(advertisedHost, Int32(port)), ("127.0.0.2", Int32(port)), ("127.0.0.1", 1)]
        var node = MetadataResponse.MetadataResponseBroker()
        node.nodeId = leader
        (node.host, node.port) = places[Int(leader) - 1]
        var partition = MetadataResponse.MetadataResponsePartition()
        partition.leaderId = leader
        var topic = MetadataResponse.MetadataResponseTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var response = MetadataResponse()
        response.brokers = [node]
        response.topics = [topic]
        return response
    }

    private func answerFetch(
        _ header: RequestHeader, _ records: [UInt8], _ connection: FramedConnection, _ error: ErrorCode = .none
    ) {
        var partition = FetchResponse.PartitionData()
        partition.errorCode = error
        partition.records = RecordsField(byteCount: records.count)
        partition.highWatermark = 1_000
        var topic = FetchResponse.FetchableTopicResponse()
        topic.topic = "t"
        topic.partitions = [partition]
        var response = FetchResponse()
        response.responses = [topic]
        answer(response, header, connection, records: records)
    }

    private func answerProduce(
        _ header: RequestHeader, _ error: ErrorCode, _ baseOffset: Int64, _ connection: FramedConnection
    ) {
        var partition = ProduceResponse.PartitionProduceResponse()
        partition.errorCode = error
        partition.baseOffset = baseOffset
        var topic = ProduceResponse.TopicProduceResponse()
        topic.name = "t"
        topic.partitionResponses = [partition]
        var response = ProduceResponse()
        response.responses = [topic]
        answer(response, header, connection)
    }

    private func answer(
        _ response: some KafkaMessage, _ header: RequestHeader, _ connection: FramedConnection, records: [UInt8] = [],
        version: Int16? = nil
    ) {
        let head = ByteBuffer(capacity: 256)
        guard
            let splices = try? encodeResponse(
                response, version: version ?? header.apiVersion, correlationId: header.correlationId, into: head)
        else { return connection.close() }
        guard let splice = splices.first else { return connection.send(head) }
        let buffer = ByteBuffer(capacity: records.count)
        buffer.append(records.span.bytes)
        connection.send([
            .buffer(head, 0..<splice.offset), .buffer(buffer), .buffer(head, splice.offset..<head.count),
        ])
    }
}

func bigEndian(_ value: Int32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

/// A batch as a broker would store it, before it is damaged.
struct StoredBatch {
    var bytes: [UInt8]

    init(recordCount: Int = 3, baseOffset: Int64 = 0, codec: CompressionType = .none, valueByteCount: Int = 10) throws {
        let buffer = ByteBuffer(capacity: 1024)
        var builder = RecordBatchBuilder(buffer: buffer)
        let value = [UInt8](repeating: 0, count: valueByteCount)
        for _ in 0..<recordCount { builder.append(key: nil, value: value.span.bytes, timestampMs: 1) }
        var fields = RecordBatchFields()
        fields.baseOffset = baseOffset
        let output = ByteBuffer(capacity: 1024)
        if codec == .none {
            let range = builder.finish(fields)
            output.append(buffer.bytes.extracting(range))
        } else {
            let compressor = try Compressor(type: codec)
            _ = try builder.finish(fields, compressionId: codec.rawValue, into: output) {
                (records, output) throws(CompressionError) in try compressor.compress(records, into: output)
            }
        }
        bytes = output.withUnsafeBytes { Array($0) }
    }

    /// The same with other bytes at a place, and a checksum that is right again.
    func patched(at place: Int, _ patch: [UInt8]) -> StoredBatch {
        var copy = self
        copy.bytes.replaceSubrange(place..<(place + patch.count), with: patch)
        let covered = Array(copy.bytes[21...])
        let crc = Checksum.crc32c(covered.span.bytes)
        copy.bytes.replaceSubrange(17..<21, with: bigEndian(Int32(bitPattern: crc)))
        return copy
    }
}
