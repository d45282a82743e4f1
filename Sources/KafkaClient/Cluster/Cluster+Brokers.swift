import KafkaProtocol

extension Cluster {
    /// Asks one broker, or without a number whichever is nearest at hand, again where that may
    /// help.
    func callBroker<Request: KafkaRequest, Value>(
        _ node: Int32?, _ request: Request, _ read: @escaping (Request.Response) -> Result<Value, ClientError>,
        done: @escaping (Result<Value, ClientError>) -> Void
    ) {
        retrying(
            Request.apiKey, within: nil,
            { [self] call, finish in
                guard let connection = node.map({ connection(to: $0) }) ?? anyConnection() else {
                    return finish(.failure(ClientError(.closed)))
                }
                self.request(request, on: connection, for: call) { finish($0.flatMap(read)) }
            }, done: done)
    }
}

extension ErrorCode {
    /// A failure of an API with this error, or a success.
    func result<Value>(_ api: ApiKey, _ value: Value) -> Result<Value, ClientError> {
        self == .none ? .success(value) : .failure(ClientError(.broker(self), api: api))
    }
}
