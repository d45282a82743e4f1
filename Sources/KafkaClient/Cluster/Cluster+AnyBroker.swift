import KafkaProtocol
import Networking

extension Cluster {
    /// Sends a request to whichever broker is nearest at hand, and calls `done` once, with whom was
    /// asked last; `asked` before, with each.
    ///
    /// Where a connection was never made, nothing was asked: the request goes out on the next at
    /// once, until each address had its turn.
    func requestOfAny<Request: KafkaRequest>(
        _ request: Request, for call: PendingCall? = nil, asked: @escaping (BrokerConnection) -> Void = { _ in },
        done: @escaping (BrokerConnection?, Result<Request.Response, ClientError>) -> Void
    ) {
        requestOfAny(request, call, attemptsLeft: addressCount, asked, done)
    }

    private func requestOfAny<Request: KafkaRequest>(
        _ request: Request, _ call: PendingCall?, attemptsLeft: Int, _ asked: @escaping (BrokerConnection) -> Void,
        _ done: @escaping (BrokerConnection?, Result<Request.Response, ClientError>) -> Void
    ) {
        guard let connection = anyConnection() else { return done(nil, .failure(ClientError(.closed))) }
        let turn = refresh.turn
        asked(connection)
        self.request(request, on: connection, for: call) { [self] error in
            moveOn(from: turn)
            guard attemptsLeft > 1, !isClosed else { return done(connection, .failure(error)) }
            requestOfAny(request, call, attemptsLeft: attemptsLeft - 1, asked, done)
        } done: {
            done(connection, $0)
        }
    }

    /// How many addresses there are to try.
    var addressCount: Int { metadata.nodes.count + configuration.bootstrapServers.count }

    /// The broker whose turn it was did not answer; of several who found that out the first makes
    /// it the next one's turn.
    func moveOn(from turn: Int) {
        if refresh.turn == turn { refresh.turn += 1 }
    }
}
