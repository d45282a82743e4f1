import KafkaClient
import KafkaCompression
import KafkaProtocol

/// What a batch brought, counted record by record where it lies.
struct BatchCount: Sendable {
    let partition: Int
    let firstOffset: Int64
    let lastOffset: Int64
    let recordCount: Int
    let valueByteCount: Int
    let codec: String
    let receivedNs: UInt64
}

extension BatchCount {
    init(_ batch: borrowing FetchedBatch) throws(WireError) {
        var cursor = batch.makeCursor()
        var count = 0
        var bytes = 0
        while let record = try cursor.nextFields() {
            count &+= 1
            bytes &+= max(0, record.keyByteCount) &+ max(0, record.valueByteCount)
        }
        partition = Int(batch.topicPartition.partition)
        firstOffset = batch.firstOffset
        lastOffset = batch.lastOffset
        recordCount = count
        valueByteCount = bytes
        codec = batch.compression.name
        receivedNs = batch.receivedNs
    }
}
