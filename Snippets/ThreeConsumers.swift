// Where a consumer starts: three consumers of one group in sequence.
//
// | committed offset | resetsOnStart | it starts at         |
// |------------------|---------------|----------------------|
// | none             | any           | offsetReset          |
// | there is one     | false         | the committed offset |
// | there is one     | true          | offsetReset          |

import Foundation
import KafkaClient
import Networking

let arguments = Array(CommandLine.arguments.dropFirst())
guard (2...3).contains(arguments.count) else {
    fail("usage: ThreeConsumers HOST:PORT[,HOST:PORT…] TOPIC [GROUP]", status: 2)
}
let topic = arguments[1]
let group = arguments.count > 2 ? arguments[2] : "mygroup"

do {
    let loop = try EventLoop(name: "client")
    let configuration = try ClientConfiguration(properties: ["bootstrap.servers": arguments[0]])
    let client = Client(configuration: configuration, loop: loop)
    let producer = Producer(client: client)

    // The group has committed nothing yet, so that offsetReset decides: at the end of the log.
    var latest = ConsumerConfiguration()
    latest.groupId = group
    latest.offsetReset = .latest
    // commit() commits up to the last record handed out, and this consumer wants to commit after
    // one.
    latest.pollRecordCountMax = 1
    let first = try await start(latest, on: client, named: "latest")
    // start() returns when the place is settled: whatever is sent from here on comes after it.
    for text in ["one", "two", "three"] {
        _ = try await producer.send(ProducerRecord(topic: topic, value: Array(text.utf8)))
    }
    try await take(1, from: first, named: "latest")
    // All positions are committed, not only that of the partition with the record: a partition
    // without a commit would count as new, and its next start would skip what comes until then.
    try await first.commit()
    print("latest: committed \(list(try await first.committed()))")
    await first.stop()

    // Now there is a commit, and by default it is what counts, whatever offsetReset says.
    var defaults = ConsumerConfiguration()
    defaults.groupId = group
    let second = try await start(defaults, on: client, named: "defaults")
    try await take(2, from: second, named: "defaults")
    await second.stop()

    // The same group once more, and again from the start of the log. As it does not commit, the
    // group's place stays.
    var reset = ConsumerConfiguration()
    reset.groupId = group
    reset.offsetReset = .earliest
    reset.resetsOnStart = true
    let third = try await start(reset, on: client, named: "earliest with reset")
    try await take(3, from: third, named: "earliest with reset")
    await third.stop()

    _ = await producer.close()
    await client.close()
    await loop.stop()
} catch let error as ConfigurationError {
    fail("ThreeConsumers: \(error)", status: 2)
} catch {
    fail("ThreeConsumers: \(error)", status: 1)
}

func start(_ configuration: ConsumerConfiguration, on client: Client, named name: String) async throws -> Consumer {
    let consumer = Consumer(client: client, configuration: configuration, assignment: .topics([topic]))
    print("\(name): starts at \(list(try await consumer.start().offsets))")
    return consumer
}

/// Polls until at least `count` records have come.
func take(_ count: Int, from consumer: Consumer, named name: String) async throws {
    var left = count
    while left > 0 {
        // No records is no error: nothing came within the time.
        for record in try await consumer.poll(timeoutMs: 1_000) {
            let text = String(decoding: record.value ?? [], as: UTF8.self)
            print("\(name): consumed \(record.topicPartition) \(record.offset): \(text)")
            left -= 1
        }
    }
}

func list(_ offsets: [TopicPartition: Int64]) -> String {
    offsets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
}

func fail(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(status)
}
