import KafkaProtocol

/// A topic to be made.
struct NewTopic {
    var name: String
    var partitionCount: Int32
    var entries: [(name: String, value: String?)]
}

/// Why an admin request for one topic is refused.
struct TopicRefusal: Error {
    var code: ErrorCode
    var message: String?
}

extension BrokerCore {
    /// Partitions over all topics: each takes memory and a directory.
    static let totalPartitionCountMax = 200_000

    /// Makes a topic if the checks allow it.
    func create(_ topic: NewTopic) -> Result<Topic, TopicRefusal> {
        check(topic).flatMap { configuration in
            do throws(StorageError) {
                return .success(
                    try topics.create(topic.name, partitionCount: topic.partitionCount, configuration: configuration))
            } catch {
                log("topic \(topic.name): \(error)")
                return .failure(TopicRefusal(code: .kafkaStorageError, message: error.description))
            }
        }
    }

    /// Kafka's checks of a new topic, and its settings.
    func check(_ topic: NewTopic) -> Result<TopicConfiguration, TopicRefusal> {
        if let refusal = TopicName.refusal(topic.name) {
            return .failure(TopicRefusal(code: .invalidTopicException, message: "Topic name is invalid: \(refusal)"))
        }
        if topics.byName[topic.name] != nil {
            return .failure(
                TopicRefusal(code: .topicAlreadyExists, message: "Topic '\(topic.name)' already exists."))
        }
        if let other = topics.collision(with: topic.name) {
            return .failure(
                TopicRefusal(
                    code: .invalidTopicException,
                    message: "Topic '\(topic.name)' collides with existing topic: \(other)"))
        }
        guard topic.partitionCount > 0 else {
            return .failure(
                TopicRefusal(
                    code: .invalidPartitions, message: "Number of partitions was set to an invalid non-positive value.")
            )
        }
        guard topic.partitionCount <= Topics.partitionCountMax,
            topics.partitionCount + Int(topic.partitionCount) <= Self.totalPartitionCountMax
        else {
            return .failure(
                TopicRefusal(
                    code: .policyViolation,
                    message: "A topic may have \(Topics.partitionCountMax) partitions, "
                        + "all of them \(Self.totalPartitionCountMax)."))
        }
        do throws(TopicConfiguration.Refusal) {
            return .success(try topics.configuration(topic.entries))
        } catch {
            return .failure(TopicRefusal(code: .invalidConfig, message: error.message))
        }
    }
}
