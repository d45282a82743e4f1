import KafkaProtocol

extension BrokerCore {
    /// FindCoordinator 0–6: this broker, for every group. Version 1 adds the key's type, 4 several
    /// keys at a time.
    ///
    /// A transactional id is refused here from version 4 on, as Java's clients end with the
    /// answer's words. Older versions name this broker, and InitProducerId refuses: librdkafka,
    /// which asks for 2, says at once what failed there and ends with it, while of a refusal here
    /// it would tell only its own time-out.
    func findCoordinator(_ request: FindCoordinatorRequest, _ exchange: Exchange) {
        var response = FindCoordinatorResponse()
        if exchange.version >= 4 {
            response.coordinators = request.coordinatorKeys.map { coordinator($0, keyType: request.keyType, exchange) }
        } else {
            let found = coordinator(request.key, keyType: request.keyType, exchange)
            response.errorCode = found.errorCode
            response.errorMessage = found.errorMessage
            response.nodeId = found.nodeId
            response.host = found.host
            response.port = found.port
        }
        exchange.respond(response)
    }

    private func coordinator(
        _ key: String, keyType: Int8, _ exchange: Exchange
    ) -> FindCoordinatorResponse.Coordinator {
        var coordinator = FindCoordinatorResponse.Coordinator()
        coordinator.key = key
        coordinator.errorMessage = nil
        switch keyType {
        case 0,
            1 where exchange.version < 4:
            coordinator.nodeId = configuration.nodeId
            coordinator.host = advertised.host
            coordinator.port = Int32(advertised.port)
            return coordinator
        case 1:
            coordinator.errorCode = .unsupportedVersion
            coordinator.errorMessage = Self.noTransactions
            noteTransaction(key, exchange)
        default:
            coordinator.errorCode = .invalidRequest
            coordinator.errorMessage = "This broker knows no coordinator of type \(keyType)."
        }
        coordinator.nodeId = -1
        coordinator.port = -1
        return coordinator
    }
}
