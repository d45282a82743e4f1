import KafkaProtocol

extension Cluster {
    /// The value that a topic's setting has, be it its own or a default of the cluster; nil where
    /// the broker does not say.
    func setting(
        _ name: String, of topic: String, within limit: CallLimit,
        done: @escaping (Result<String?, ClientError>) -> Void
    ) {
        var resource = DescribeConfigsRequest.DescribeConfigsResource()
        resource.resourceType = DescribeConfigsRequest.DescribeConfigsResource.topicType
        resource.resourceName = topic
        resource.configurationKeys = [name]
        var request = DescribeConfigsRequest()
        request.resources = [resource]
        retrying(
            .describeConfigs, within: limit,
            { [self] call, finish in
                requestOfAny(request, for: call) { _, result in finish(result.flatMap { $0.value(of: name, topic) }) }
            }, done: done)
    }
}

extension DescribeConfigsResponse {
    fileprivate func value(of name: String, _ topic: String) -> Result<String?, ClientError> {
        let place = TopicPartition(topic: topic, partition: -1)
        guard let result = results.first(where: { $0.resourceName == topic }) else {
            let code = ClientError.Code.malformedResponse("no answer for a topic that was asked for")
            return .failure(ClientError(code, api: .describeConfigs, topicPartition: place))
        }
        guard result.errorCode == .none else {
            return .failure(ClientError(.broker(result.errorCode), api: .describeConfigs, topicPartition: place))
        }
        return .success(result.configs.first { $0.name == name }?.value)
    }
}
