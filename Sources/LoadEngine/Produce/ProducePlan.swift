import KafkaClient
import Measurement
import Scenario

/// Everything that a repeat of producing needs to know, resolved.
struct ProducePlan: Sendable {
    let topic: String
    var partitionCount: Int
    let values: RecordValues
    let load: LoadSpec
    let recreate: RecreateSpec
    let producerCount: Int
    let configuration: ProducerConfiguration
    let clientConfiguration: ClientConfiguration
    let measure: MeasureSpec
    let brokerPid: Int32?
    /// How many bytes a repeat may write; the window ends there.
    let limit: WriteLimit
    let loss: TargetLoss
    /// Called with the records acknowledged so far, once a batch.
    let onProgress: @Sendable (Int) -> Void
    /// Called for each hand-over to a partition, with the number of records and their intended
    /// times.
    var onHandOver: (@Sendable (Int32, Int, UInt64, Double) -> Void)?
    /// Called with the window once it is known.
    var onWindow: (@Sendable (MeasureWindow) -> Void)?

    /// What a record takes beside its value, at most: lengths, deltas and its share of a batch's
    /// header.
    static let recordOverheadByteCount = 24
    /// An open loop hands over what is due no more often than this.
    static let tickNs: UInt64 = 20_000
    /// How long the close after a repeat may take.
    let closeTimeoutMs = 30_000

    /// How many batches an unlimited load keeps in a producer: for each partition those in flight,
    /// one to send and one that is being filled. (A batch still counts while its delivery is
    /// reported.) No more, because what is sent soon after it was written is still in the
    /// processor's caches.
    var fillBatchCount: Int { (configuration.inFlightMax + 2) * partitionCount }

    /// What a record takes before it is compressed, at most, in a batch of several.
    var recordByteCountMax: Int { values.byteCount + Self.recordOverheadByteCount }
}
