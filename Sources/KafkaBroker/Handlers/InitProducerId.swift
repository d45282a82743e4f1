import KafkaProtocol

extension BrokerCore {
    /// InitProducerId 0–6 without transactions: every idempotent producer gets an id of its own, at
    /// epoch 0.
    ///
    /// A transactional id is refused for good, by the code for what a broker does not have.
    func initProducerId(_ request: InitProducerIdRequest, _ exchange: Exchange) {
        var response = InitProducerIdResponse()
        response.producerEpoch = -1
        if let transactionalId = request.transactionalId {
            response.errorCode = transactionalId.isEmpty ? .invalidRequest : .unsupportedVersion
            noteTransaction(transactionalId, exchange)
            return exchange.respond(response)
        }
        do throws(StorageError) {
            response.producerId = try topics.takeProducerId()
            response.producerEpoch = 0
        } catch {
            log("\(error)")
            response.errorCode = .kafkaStorageError
        }
        exchange.respond(response)
    }
}
