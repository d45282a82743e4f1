import Glibc
import KafkaBroker
import KafkaClient
import Networking

extension HotPath {
    /// Client and embedded broker on one loop, so on one thread: counts are the sum of both and of
    /// their loop.
    static let endToEnd = [
        HotPath("produce/100B", .record, 256, valueByteCount: 100, copyCount: 1) { ProduceCourse(100, $0) },
        HotPath("produce/1KiB", .record, 32, valueByteCount: 1024, copyCount: 1) { ProduceCourse(1024, $0) },
        HotPath("produce/16KiB", .record, 30, valueByteCount: 16_384, copyCount: 1) { ProduceCourse(16_384, $0) },
        HotPath("fetch/100B", .record, 256, valueByteCount: 100) { FetchCourse(100, $0) },
        HotPath("fetch/1KiB", .record, 32, valueByteCount: 1024) { FetchCourse(1024, $0) },
        // Twice as many still fit a socket's buffer. Whether a longer answer waits for room, which
        // takes a turn more, is chance.
        HotPath("fetch/16KiB", .record, 7, valueByteCount: 16_384) { FetchCourse(16_384, $0) },
        HotPath("start/1000 partitions", .partition, 1000, batchCount: 2) { StartCourse($0) },
    ]
}

/// A broker and a client on one loop, with a topic.
final class OneLoopCluster: Sendable {
    static let topic = "measurements"
    let loop: EventLoop
    let partitionCount: Int
    let configuration: ClientConfiguration
    let client: Client
    private let broker: Broker

    private init(folder: String, partitionCount: Int, loop: EventLoop) async throws {
        self.loop = loop
        self.partitionCount = partitionCount
        broker = Broker(configuration: BrokerConfiguration(dataDirectory: folder), loop: loop)
        let port = try await broker.start()
        configuration = ClientConfiguration(bootstrapServers: [SocketAddress(host: "127.0.0.1", port: port)])
        client = Client(configuration: configuration, loop: loop)
        // A path that is measured again finds its folder as it was left.
        let admin = Admin(client: client)
        if try await admin.describe(topic: Self.topic) == nil {
            try await admin.createTopics([NewTopic(name: Self.topic, partitionCount: Int32(partitionCount))])
        }
    }

    /// Runs `body` with a cluster on a task of its loop, and waits for both to end.
    ///
    /// The data go to a folder below the current one, which the program's starter has chosen.
    static func run(
        folder: String, partitionCount: Int = 1, _ body: @escaping @Sendable (OneLoopCluster) async throws -> Void
    ) throws {
        let loop = try EventLoop(name: "one loop")
        let ended = Semaphore()
        Task(executorPreference: loop) {
            do {
                let cluster = try await OneLoopCluster(folder: folder, partitionCount: partitionCount, loop: loop)
                try await body(cluster)
                await cluster.client.close()
                await cluster.broker.stop()
            } catch {
                fatalError("\(folder): \(error)")
            }
            ended.signal()
        }
        ended.wait()
    }
}

/// An event that one thread waits for and another signals.
@safe private final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { unsafe sem_init(semaphore, 0, 0) }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() { unsafe sem_post(semaphore) }

    func wait() {
        while unsafe sem_wait(semaphore) != 0 {}
    }
}
