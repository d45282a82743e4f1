import Bytes
import Glibc
import KafkaProtocol
import Measurement
import Networking
import System
import Testing

@testable import KafkaBroker

/// A broker on a free port with a folder of its own.
final class RunningBroker: Sendable {
    let port: UInt16
    let folder: String
    let lines: Lines
    private let broker: Broker
    private let loop: EventLoop

    init(_ folder: String, _ properties: [String: String]) async throws {
        self.folder = folder
        let (lines, loop) = (Lines(), try EventLoop(name: "test broker"))
        self.lines = lines
        self.loop = loop
        let configuration = try BrokerConfiguration(dataDirectory: folder, properties: properties)
        broker = Broker(configuration: configuration, loop: loop, onLog: lines.add)
        do {
            port = try await broker.start()
        } catch {
            await loop.stop()
            throw error
        }
    }

    func stop() async {
        await broker.stop()
        await loop.stop()
    }

    /// Bytes of requests that wait behind another of their connection.
    func queuedRequestByteCount() async -> Int { await broker.inspect { $0.queuedRequestByteCount } ?? 0 }

    /// Fetches that wait, as the purgatory counts them and as requests.
    struct Waits: Equatable {
        var purgatory: Int
        var parked: Int
    }

    func waits() async -> Waits {
        await broker.inspect { Waits(purgatory: $0.purgatory.count, parked: $0.parkedFetches.count) }
            ?? Waits(purgatory: 0, parked: 0)
    }

    func appliedDelays() async -> HdrHistogram? { await broker.appliedDelays() }

    /// CPU time of the broker's thread.
    func loopCPUNs() async -> UInt64 { await broker.inspect { _ in ThreadClock.cpuNs() } ?? 0 }

    func connectionCount() async -> Int { await broker.inspect { $0.connections.count } ?? 0 }

    /// Waits until the broker has run what was queued on its loop.
    func settle() async { _ = await queuedRequestByteCount() }

    func client() throws -> TestClient { try TestClient(port: port) }
}

/// Runs `body` against a broker, and removes both it and its folder.
func withBroker(
    _ properties: [String: String] = [:], folder given: String? = nil, _ body: (RunningBroker) async throws -> Void
) async throws {
    let folder = try given ?? makeFolder()
    defer { if given == nil { removeTree(folder) } }
    let broker = try await RunningBroker(folder, properties)
    do {
        try await body(broker)
    } catch {
        await broker.stop()
        throw error
    }
    await broker.stop()
}

/// A client on a plain blocking socket, which sends only what it is given.
final class TestClient {
    struct Closed: Error {}

    private let descriptor: Int32
    var socketDescriptor: Int32 { descriptor }
    private(set) var correlationId: Int32 = 100
    /// The payload of the last response, for records to be taken from.
    private(set) var frame: [UInt8] = []

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Closed() }
            sent += count
        }
    }

    /// Up to `byteCount` bytes, or fewer where the broker closed.
    func readBytes(_ byteCount: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var got = 0
        while got < byteCount {
            let count = bytes[got...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EAGAIN {
                throw StorageError(errno: EAGAIN, operation: "wait for", path: "a response")
            }
            guard count > 0 else { throw Closed() }
            got += count
        }
        return bytes
    }

    /// Whether the broker has closed the connection without sending anything more.
    func isClosed() -> Bool {
        do {
            _ = try readBytes(1)
            return false
        } catch {
            return error is Closed
        }
    }

    /// Whether a response has arrived.
    func hasResponse() -> Bool {
        var descriptor = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    /// The whole frame of a request, its length included.
    func encode<Request: KafkaRequest>(_ request: Request, _ version: Int16, records: [[UInt8]] = []) throws -> [UInt8]
    {
        let buffer = ByteBuffer(capacity: 256)
        correlationId += 1
        let splices = try encodeRequest(
            request, version: version, correlationId: correlationId, clientId: "test", into: buffer)
        let head = buffer.array
        var whole: [UInt8] = []
        var start = 0
        for (splice, bytes) in zip(splices, records) {
            whole += head[start..<splice.offset] + bytes
            start = splice.offset
        }
        return whole + head[start...]
    }

    func send<Request: KafkaRequest>(_ request: Request, _ version: Int16, records: [[UInt8]] = []) throws {
        try write(encode(request, version, records: records))
    }

    /// The next response, which must answer the request that was sent `ago` requests before the
    /// last one.
    func receive<Response: KafkaMessage>(
        _ type: Response.Type = Response.self, _ version: Int16, ago: Int32 = 0
    ) throws -> Response {
        let length = try readBytes(4).reduce(0) { $0 << 8 | Int($1) }
        let payload = try readBytes(length)
        frame = payload
        var reader = WireReader(payload.span.bytes)
        let header = try ResponseHeader(parsing: &reader, api: Response.api, version: version)
        try #require(header.correlationId == correlationId - ago)
        let response = try Response(parsing: &reader, version: version)
        let left = reader.remaining
        try #require(left == 0, "bytes after the response")
        return response
    }

    func ask<Request: KafkaRequest>(
        _ request: Request, _ version: Int16, records: [[UInt8]] = []
    ) throws -> Request.Response {
        try send(request, version, records: records)
        return try receive(Request.Response.self, version)
    }
}

extension TestClient {
    /// Makes a topic and returns its id.
    @discardableResult
    func createTopic(_ name: String, partitions: Int32 = 1, _ configs: [String: String] = [:]) throws -> KafkaUUID {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = 1
        topic.configs = configs.map { name, value in
            var config = CreateTopicsRequest.CreatableTopicConfig()
            config.name = name
            config.value = value
            return config
        }
        var request = CreateTopicsRequest()
        request.topics = [topic]
        let result = try #require(try ask(request, 7).topics.first)
        #expect(result.errorCode == .none)
        return result.topicId
    }

    func produceRequest(
        _ topic: String, _ partition: Int32 = 0, id: KafkaUUID = .zero, byteCount: Int, acks: Int16 = -1
    ) -> ProduceRequest {
        var data = ProduceRequest.PartitionProduceData()
        data.index = partition
        data.records = RecordsField(byteCount: byteCount)
        var topicData = ProduceRequest.TopicProduceData()
        topicData.name = topic
        topicData.topicId = id
        topicData.partitionData = [data]
        var request = ProduceRequest()
        request.acks = acks
        request.timeoutMs = 1000
        request.topicData = [topicData]
        return request
    }

    @discardableResult
    func produce(
        _ records: [UInt8], to topic: String, _ partition: Int32 = 0, id: KafkaUUID = .zero, version: Int16 = 9
    ) throws -> ProduceResponse.PartitionProduceResponse {
        let request = produceRequest(topic, partition, id: id, byteCount: records.count)
        let response = try ask(request, version, records: [records])
        return try #require(response.responses.first?.partitionResponses.first)
    }

    func produce(_ values: String..., to topic: String) throws {
        let answer = try produce(TestBatch(values: values).bytes, to: topic)
        try #require(answer.errorCode == .none)
    }

    func fetchRequest(
        _ topic: String, _ partition: Int32 = 0, id: KafkaUUID = .zero, from offset: Int64, maxWaitMs: Int32 = 0,
        minBytes: Int32 = 1, partitionMaxBytes: Int32 = 1 << 20
    ) -> FetchRequest {
        var wanted = FetchRequest.FetchPartition()
        wanted.partition = partition
        wanted.fetchOffset = offset
        wanted.partitionMaxBytes = partitionMaxBytes
        var asked = FetchRequest.FetchTopic()
        asked.topic = topic
        asked.topicId = id
        asked.partitions = [wanted]
        var request = FetchRequest()
        request.maxWaitMs = maxWaitMs
        request.minBytes = minBytes
        request.topics = [asked]
        return request
    }

    /// The bytes of a records field of the last response.
    func bytes(_ records: RecordsField?) -> [UInt8] { records.map { Array(frame[$0.byteRange]) } ?? [] }

    /// The records of the first partition of a fetch's response.
    func records(_ response: FetchResponse) throws -> [ReadRecord] {
        let data = try #require(response.responses.first?.partitions.first)
        try #require(data.errorCode == .none)
        return try KafkaBrokerTests.records(bytes(data.records))
    }

    func fetch(_ topic: String, from offset: Int64 = 0, version: Int16 = 11) throws -> [ReadRecord] {
        try records(ask(fetchRequest(topic, from: offset), version))
    }
}
