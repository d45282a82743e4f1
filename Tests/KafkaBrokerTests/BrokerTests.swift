import Bytes
import Glibc
import KafkaProtocol
import Networking
import Testing

@testable import KafkaBroker

@Suite(.timeLimit(.minutes(5))) struct BrokerTests {
    @Test func saysThatThePortIsTaken() async throws {
        try await withBroker { first in
            let folder = try makeFolder()
            defer { removeTree(folder) }
            let error = await #expect(throws: BrokerError.self) {
                _ = try await RunningBroker(folder, ["listeners": "PLAINTEXT://127.0.0.1:\(first.port)"])
            }
            #expect(error?.code == .portInUse)
            #expect(error?.description.contains("\(first.port)") == true)
        }
    }

    @Test(arguments: [20_000, 40_000] as [Int32])
    func givesItsClientsTheSendBufferThatIsAskedFor(byteCount: Int32) async throws {
        try await withBroker(["socket.send.buffer.bytes": "\(byteCount)"]) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            let accepted = try #require(otherEnd(of: client.socketDescriptor))
            var found: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &found, &length)
            // The kernel takes twice as much, for what it notes beside the bytes.
            #expect(found == 2 * byteCount)
        }
    }

    @Test func saysThatTheFolderIsTaken() async throws {
        try await withBroker { first in
            let error = await #expect(throws: BrokerError.self) { _ = try await RunningBroker(first.folder, [:]) }
            #expect(error?.code == .dataDirectoryLocked)
            #expect(error?.description.contains(first.folder) == true)
        }
    }

    @Test func saysThatItMayNotWrite() async throws {
        let error = await #expect(throws: BrokerError.self) { _ = try await RunningBroker("/sys/weir-broker", [:]) }
        #expect(error?.code == .dataDirectoryNotWritable)
    }

    @Test func saysWhatIsDamaged() async throws {
        let folder = try makeFolder()
        defer { removeTree(folder) }
        let journal = try DataFile(path: folder + "/topics.journal", create: true)
        try journal.append(ByteBuffer(bytes("something else")), 0..<14, at: 0)
        let error = await #expect(throws: BrokerError.self) { _ = try await RunningBroker(folder, [:]) }
        #expect(error?.code == .dataCorrupt)
        #expect(error?.description.contains("topics.journal") == true)
    }

    @Test func startsOnlyOnce() async throws {
        let folder = try makeFolder()
        defer { removeTree(folder) }
        let loop = try EventLoop(name: "test")
        let broker = Broker(configuration: BrokerConfiguration(dataDirectory: folder), loop: loop)
        _ = try await broker.start()
        let error = await #expect(throws: BrokerError.self) { _ = try await broker.start() }
        #expect(error?.code == .notStartable)
        await broker.stop()
        _ = try await broker.start()
        await broker.stop()
        await loop.stop()
    }

    @Test func keepsEverythingOverARestart() async throws {
        let folder = try makeFolder()
        defer { removeTree(folder) }
        var id = KafkaUUID.zero
        let batch = TestBatch(values: ["b"], producerId: 3, epoch: 0, sequence: 0)
        try await withBroker(folder: folder) { broker in
            let client = try broker.client()
            id = try client.createTopic("t", partitions: 2)
            try client.produce("a", to: "t")
            #expect(try client.produce(batch.bytes, to: "t").baseOffset == 1)
        }
        try await withBroker(folder: folder) { broker in
            let client = try broker.client()
            #expect(try client.fetch("t").map(\.value) == ["a", "b"])
            #expect(try client.produce(batch.bytes, to: "t").baseOffset == 1)
            var asked = MetadataRequest.MetadataRequestTopic()
            asked.topicId = id
            asked.name = nil
            var request = MetadataRequest()
            request.topics = [asked]
            let topic = try client.ask(request, 12).topics.first
            #expect(topic?.name == "t" && topic?.partitions.count == 2)
        }
    }

    /// What the files hold while the broker runs is what kill -9 would leave.
    @Test func losesAndDoublesNothingWhenKilled() async throws {
        let killed = try makeFolder()
        defer { removeTree(killed) }
        var batches: [TestBatch] = []
        try await withBroker(["log.segment.bytes": "3000"]) { broker in
            let client = try broker.client()
            try client.createTopic("t")
            for index in 0..<100 {
                batches.append(TestBatch(values: ["v\(index)"], producerId: 3, epoch: 0, sequence: Int32(index)))
                try client.produce(batches[index].bytes, to: "t")
            }
            try commit(7, client)
            try copyTree(broker.folder, to: killed)
        }
        // The last write was torn.
        let last = try #require(try Files.names(in: killed + "/t-0").filter { $0.hasSuffix(".log") }.max())
        let file = try DataFile(path: "\(killed)/t-0/\(last)", create: false)
        let torn = Array(try TestBatch(values: ["torn"]).bytes.dropLast(3))
        try file.append(ByteBuffer(torn), 0..<torn.count, at: file.byteCount())
        try await withBroker(["log.segment.bytes": "3000"], folder: killed) { broker in
            let client = try broker.client()
            for index in 95..<100 {
                #expect(try client.produce(batches[index].bytes, to: "t").baseOffset == Int64(index))
            }
            var found: [ReadRecord] = []
            while found.count < 100 {
                let more = try client.fetch("t", from: Int64(found.count))
                try #require(!more.isEmpty)
                found += more
            }
            #expect(found == numbered(0..<100))
            #expect(try committed(client) == 7)
            #expect(broker.lines.all.filter { $0.contains("dropped \(torn.count) bytes") }.count == 1)
        }
    }

    private func commit(_ offset: Int64, _ client: TestClient) throws {
        let answer = try client.commit(offset, group: "g", topic: "t")
        #expect(answer == ErrorCode.none)
    }

    private func committed(_ client: TestClient) throws -> Int64? { try client.committed(group: "g", topic: "t") }

    private func copyTree(_ from: String, to: String) throws {
        try Files.makeDirectory(to)
        for name in try Files.names(in: from) {
            let (source, target) = ("\(from)/\(name)", "\(to)/\(name)")
            if opendir(source).map({ closedir($0) }) != nil {
                try copyTree(source, to: target)
            } else {
                let bytes = try content(of: source)
                try DataFile(path: target, create: true).append(ByteBuffer(bytes), 0..<bytes.count, at: 0)
            }
        }
    }
}

extension TestClient {
    /// Commits for partition 0, as a consumer without membership does.
    func commit(
        _ offset: Int64, group: String, topic: String, id: KafkaUUID = .zero, metadata: String? = nil,
        version: Int16 = 8
    ) throws -> ErrorCode? {
        var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
        partition.committedOffset = offset
        partition.committedMetadata = metadata
        var asked = OffsetCommitRequest.OffsetCommitRequestTopic()
        asked.name = topic
        asked.topicId = id
        asked.partitions = [partition]
        var request = OffsetCommitRequest()
        request.groupId = group
        request.topics = [asked]
        return try ask(request, version).topics.first?.partitions.first?.errorCode
    }

    /// What a group committed for partition 0.
    func committed(group: String, topic: String, version: Int16 = 5) throws -> Int64? {
        var asked = OffsetFetchRequest.OffsetFetchRequestTopic()
        asked.name = topic
        asked.partitionIndexes = [0]
        var request = OffsetFetchRequest()
        request.groupId = group
        request.topics = [asked]
        return try ask(request, version).topics.first?.partitions.first?.committedOffset
    }
}

/// The broker's descriptor for a client of this process.
private func otherEnd(of client: Int32) -> Int32? {
    func name(
        _ descriptor: Int32, _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> in_port_t? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &length) }
        }
        return status == 0 && address.sin_family == sa_family_t(AF_INET) ? address.sin_port : nil
    }
    func port(_ descriptor: Int32) -> in_port_t? { name(descriptor) { getsockname($0, $1, $2) } }
    func peerPort(_ descriptor: Int32) -> in_port_t? { name(descriptor) { getpeername($0, $1, $2) } }
    let (near, far) = (port(client), peerPort(client))
    return (3..<getdtablesize()).first { peerPort($0) == near && port($0) == far }
}
