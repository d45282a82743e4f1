import KafkaClient
import Scenario

/// Which codec a topic's batches are stored with: the producer's, or one that the broker puts them
/// into (`compression.type`).
enum TopicCodec: Equatable, Sendable {
    /// The producer's.
    case producers
    /// The topic's own.
    case own(String)
    /// It could not be found out.
    case unknown

    /// What Kafka's setting means.
    init(setting: String) {
        switch setting {
        case "producer": self = .producers
        case "uncompressed": self = .own("none")
        default: self = .own(setting)
        }
    }

    /// The codec that the log has for batches that a producer sends with `codec`; nil where
    /// unknown.
    func stored(_ codec: String) -> String? {
        switch self {
        case .producers: codec
        case .own(let own): own
        case .unknown: nil
        }
    }

    /// The codec of a topic, which may come from the cluster's default.
    ///
    /// Where the cluster does not tell (no right to describe, or too old), a topic that the run
    /// made has what the scenario says, and that of any other is unknown.
    static func of(_ topic: String, _ spec: TopicSpec, _ watch: CellWatch) async throws -> TopicCodec {
        let said = spec.existing == nil ? spec.configuration["compression.type"] : nil
        let target = watch.target
        if target.isEmbedded { return TopicCodec(setting: said ?? "producer") }
        do {
            let setting = try await watch.loss.unlessLost(on: target.loop) {
                try await target.controlClient.admin.setting("compression.type", of: topic)
            }
            return (setting ?? said).map(TopicCodec.init) ?? .unknown
        } catch let error as ClientError where !error.isRetriable {
            return said.map(TopicCodec.init) ?? .unknown
        }
    }
}
