import KafkaClient

/// One producer's way into one partition, and when its records were meant to go.
struct ProducerLane {
    let producer: Producer
    let handle: PartitionHandle
    let partition: Int32
    var times = IntendedTimes()
}
