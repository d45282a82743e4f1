import Networking

// How long requests wait for answers: what shows that one broker of several does not answer.
extension BrokerConnection {
    /// What the requests over it waited, so far.
    var silence: BrokerSilence {
        BrokerSilence(broker: address.description, longestNs: waits.longestNs, usualNs: waits.usualNs)
    }

    func noteAnswer(to request: PendingRequest) {
        waits.answered(sentNs: request.sentNs, askedNs: request.askedNs, atNs: EventLoop.nowNs())
    }

    /// Counts what the oldest request has waited until now.
    func noteWaiting() {
        let oldest = [queue.first, unwritten.first?.request].compactMap(\.self).min { $0.sentNs < $1.sentNs }
        guard let oldest else { return }
        waits.waits(sentNs: oldest.sentNs, askedNs: oldest.askedNs, atNs: EventLoop.nowNs())
    }
}
