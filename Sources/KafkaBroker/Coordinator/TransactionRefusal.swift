extension BrokerCore {
    /// What a client that wants a transaction is told.
    static let noTransactions = "This broker has no transactions: leave transactional.id out."

    /// Says so in the broker's own words, too, as not every client shows what it was told.
    func noteTransaction(_ transactionalId: String, _ exchange: Exchange) {
        log(
            "\(exchange.client.remoteAddress): transactional.id '\(transactionalId.prefix(100))' refused: no transactions here"
        )
    }
}
