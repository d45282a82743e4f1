import KafkaClient
import Results
import Scenario

/// Everything that one measurement needs to know, as a value that can be sent to another process.
///
/// It may carry secrets in `connection`, so it is never logged, nor put into arguments or
/// environment.
struct MeasurementOrder: Codable, Sendable, Equatable {
    /// The round it belongs to, from 1.
    var round: Int
    /// What is measured, with Kafka's options: all of them, and which of them the scenario said.
    var workload: Workload
    /// Warm-up and window.
    var measure: MeasureSpec
    /// Where the cluster is and how to enter, in Kafka's names.
    var connection: [String: String]
    /// What is written to or read.
    var topic: OrderedTopic
    /// The seed of the records' values.
    var seed: UInt64
    /// What bounds the bytes that are written.
    var limit: WriteLimit
    /// The embedded broker's process, whose use is reported beside the client's; none for a
    /// cluster.
    var brokerPid: Int32?
}

/// The topic of a measurement.
struct OrderedTopic: Codable, Sendable, Equatable {
    /// Its name.
    var name: String
    /// What is read of each partition or, where records are written or consumers started, what it
    /// holds.
    var ranges: [LogRange]
    /// Whether the run has filled it, so that there is a record at each offset.
    var isOwn: Bool

    /// How many partitions it has.
    var partitionCount: Int { ranges.count }
}

/// How many bytes a measurement may write.
struct WriteLimit: Codable, Sendable, Equatable {
    /// The bytes; the window ends there.
    var byteCount: Int
    /// What bounds them, in words.
    var words = ""
    /// What a repeat is called that reached it.
    var code = InvalidReason.Code.writeLimit
    /// Whether batches are stored as they are sent. Where it is not known, or the topic has a codec
    /// of its own, records count with what they take before they are compressed.
    var countsAsSent = false
}

/// Where a partition's log begins and ends.
struct LogRange: Codable, Equatable, Sendable {
    /// The first offset there is.
    let start: Int64
    /// The offset that the next record gets.
    let end: Int64
}

extension MeasurementOrder {
    /// The client under a producer or consumer: its own options, and the connection's over them.
    func client(_ properties: [String: String]) throws(ConfigurationError) -> ClientConfiguration {
        try ClientConfiguration(properties: properties.merging(connection) { $1 })
    }

    /// How many starts are measured.
    func startCount() throws(EngineError) -> Int {
        guard case .starts(let count) = measure.extent, count > 0 else {
            throw EngineError("an order to start consumers says how many starts it wants")
        }
        return count
    }

    /// How many senders make their producers anew.
    func senderCount(_ spec: ProduceSpec) throws(EngineError) -> Int {
        guard case .concurrency(let count) = spec.load else {
            throw EngineError("an order to re-create producers wants a closed loop: a sender waits for its producer")
        }
        return count
    }
}
