import KafkaClient
import Networking

/// A program of `Snippets/`; its extensions run it and check what it did.
enum Snippet: String, CaseIterable {
    case threeConsumers = "ThreeConsumers"
    case lastMessages = "LastMessages"
    case manyTopics = "ManyTopics"
    case brokerRecovery = "BrokerRecovery"

    var executable: String { Build.products + "/" + rawValue }

    /// Right arguments behind the address.
    var otherArguments: [String] {
        switch self {
        case .threeConsumers, .brokerRecovery: ["topic"]
        case .lastMessages: ["topic", "1"]
        case .manyTopics: ["1", "topic"]
        }
    }

    func output(_ arguments: [String]) async throws -> ChildProcess.Output {
        try await ChildProcess(executable: executable, arguments: arguments).output()
    }

    /// What it printed, line by line, once it has ended with status 0.
    func lines(_ arguments: [String]) async throws -> [String] {
        try await ChildProcess(executable: executable, arguments: arguments).run().split(separator: "\n").map(
            String.init)
    }
}

/// A record as a snippet prints it, `topic-partition offset: text`.
struct PrintedRecord: Hashable {
    let partition: Int32
    let offset: Int64
    let text: String

    init(_ partition: Int32, _ offset: Int64, _ text: String) {
        self.partition = partition
        self.offset = offset
        self.text = text
    }

    /// Nil unless the line is `prefix` with a record of the topic behind it.
    init?(_ line: String, _ topic: String, after prefix: String = "") {
        guard line.hasPrefix("\(prefix)\(topic)-"), let colon = line.range(of: ": ", after: prefix.count) else {
            return nil
        }
        let place = line[..<colon.lowerBound].dropFirst(prefix.count + topic.count + 1).split(separator: " ")
        guard place.count == 2, let partition = Int32(place[0]), let offset = Int64(place[1]) else { return nil }
        self.init(partition, offset, String(line[colon.upperBound...]))
    }
}

extension String {
    fileprivate func range(of text: String, after count: Int) -> Range<Index>? {
        dropFirst(count).firstRange(of: text)
    }
}

extension Producer {
    /// Sends a text, and returns its offset.
    func send(_ text: String, to topic: String, partition: Int32, timestampMs: Int64? = nil) async throws -> Int64 {
        let record = ProducerRecord(
            topic: topic, partition: partition, value: Array(text.utf8), timestampMs: timestampMs)
        return try await send(record).offset
    }
}
