import KafkaProtocol

extension BrokerCore {
    /// FindCoordinator 0–6: this broker, for every group. Version 1 adds the key's type, 4 several keys at a time.
    func findCoordinator(_ request: FindCoordinatorRequest, _ exchange: Exchange) {
        var response = FindCoordinatorResponse()
        if exchange.version >= 4 {
            response.coordinators = request.coordinatorKeys.map { coordinator($0, keyType: request.keyType) }
        } else {
            let found = coordinator(request.key, keyType: request.keyType)
            response.errorCode = found.errorCode
            response.errorMessage = found.errorMessage
            response.nodeId = found.nodeId
            response.host = found.host
            response.port = found.port
        }
        exchange.respond(response)
    }

    private func coordinator(_ key: String, keyType: Int8) -> FindCoordinatorResponse.Coordinator {
        var coordinator = FindCoordinatorResponse.Coordinator()
        coordinator.key = key
        coordinator.errorMessage = nil
        switch keyType {
        case 0:
            coordinator.nodeId = configuration.nodeId
            coordinator.host = advertised.host
            coordinator.port = Int32(advertised.port)
            return coordinator
        case 1:
            coordinator.errorCode = .transactionalIdAuthorizationFailed
            coordinator.errorMessage = "This broker has no transactions."
        default:
            coordinator.errorCode = .invalidRequest
            coordinator.errorMessage = "This broker knows no coordinator of type \(keyType)."
        }
        coordinator.nodeId = -1
        coordinator.port = -1
        return coordinator
    }
}
