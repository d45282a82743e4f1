import KafkaClient

/// One partition of one producer, with the intended times of its records.
struct ProducerLane {
    let producer: Producer
    let handle: PartitionHandle
    let partition: Int32
    var times = IntendedTimes()
}
