// Many topics from kept producers: what a producer costs to make is paid once, not for every
// message.

import Foundation
import KafkaClient
import Networking

/// A topic with the codec that its records are compressed by.
struct Destination {
    let topic: String
    let codec: String

    init(_ argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        topic = parts[0]
        codec = parts.count > 1 ? parts[1] : "none"
    }
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3, let count = Int(arguments[1]), count >= 0 else {
    fail("usage: ManyTopics HOST:PORT[,HOST:PORT…] MESSAGES_PER_TOPIC TOPIC[=CODEC]…", status: 2)
}
let destinations = arguments.dropFirst(2).map(Destination.init)

do {
    let loop = try EventLoop(name: "client")
    let configuration = try ClientConfiguration(properties: ["bootstrap.servers": arguments[0]])
    // Producers made of one client share its connections and what it knows of the cluster.
    let client = Client(configuration: configuration, loop: loop)

    // One producer serves any number of topics. Only options that differ, here the codec, are a
    // reason for another one; each is made once and kept where every message can find it.
    var producers: [String: Producer] = [:]
    for destination in destinations where producers[destination.codec] == nil {
        // Each record here waits until the one before it is acknowledged: a batch that lingered
        // would linger alone.
        let options = ["compression.type": destination.codec, "linger.ms": "0"]
        let producer = Producer(client: client, configuration: try ProducerConfiguration(properties: options))
        producers[destination.codec] = producer
        // Leaders and producer id are there before the first message wants them.
        try await producer.start(topics: destinations.filter { $0.codec == destination.codec }.map(\.topic))
    }

    // A task for each topic keeps its messages in order, while the topics do not wait for each
    // other.
    try await withThrowingTaskGroup(of: Void.self) { group in
        for destination in destinations {
            guard let producer = producers[destination.codec] else { continue }
            group.addTask(executorPreference: loop) {
                for number in 0..<count {
                    let text = "message \(number) for \(destination.topic)"
                    _ = try await producer.send(ProducerRecord(topic: destination.topic, value: Array(text.utf8)))
                }
                print("sent \(count) to \(destination.topic) (\(destination.codec))")
            }
        }
        try await group.waitForAll()
    }

    for producer in producers.values { _ = await producer.close() }
    await client.close()
    await loop.stop()
    // They belong to the loop, and may be read from here now that it has ended.
    let metrics = client.metrics
    print("producers \(producers.count), producer ids \(metrics.requestCounts[.initProducerId] ?? 0)")
    print("connections \(metrics.connectionCount)")
} catch let error as ConfigurationError {
    fail("ManyTopics: \(error)", status: 2)
} catch {
    fail("ManyTopics: \(error)", status: 1)
}

func fail(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(status)
}
