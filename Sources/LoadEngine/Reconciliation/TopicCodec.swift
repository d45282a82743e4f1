import KafkaClient
import Scenario

/// Which codec a topic's batches are stored with: the producer's, or one that the broker puts them
/// into (`compression.type`).
enum TopicCodec: Equatable, Sendable {
    /// That of whoever writes.
    case producers
    /// The topic's own.
    case own(String)
    /// Nobody could say.
    case unknown

    /// What Kafka's setting means.
    init(setting: String) {
        switch setting {
        case "producer": self = .producers
        case "uncompressed": self = .own("none")
        default: self = .own(setting)
        }
    }

    /// The codec that what a producer writes with `codec` is stored with, if that is known.
    func stored(_ codec: String) -> String? {
        switch self {
        case .producers: codec
        case .own(let own): own
        case .unknown: nil
        }
    }

    /// That of a topic, which may come from the cluster's default.
    ///
    /// A cluster that does not say (no right to describe, or too old) leaves what the scenario says
    /// of a topic that it made, and nothing of others.
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
