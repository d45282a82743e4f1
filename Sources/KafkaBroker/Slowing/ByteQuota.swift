/// What quotas are set, by Kafka's names; none unless they are said.
struct QuotaSettings: Sendable, Equatable {
    /// `producer_byte_rate`: the bytes of Produce requests a second, of each client id.
    var producerByteRate: Int64?
    /// `consumer_byte_rate`: the bytes of fetched records a second, of each client id.
    var consumerByteRate: Int64?
    /// `quota.window.num`: the windows that a rate is over.
    var windowCount = 11
    /// `quota.window.size.seconds`: how long each of them is.
    var windowSeconds: UInt64 = 1
}

/// A quota that every client id has for itself, as Kafka's default quota for clients; on the
/// broker's loop only.
final class ByteQuota {
    /// The client ids told apart; beyond them the one that was silent longest is forgotten.
    private static let clientCountMax = 1000

    private let bytesPerSecond: Double
    private let fresh: ByteRate
    private var rates: [String: ByteRate] = [:]

    /// Nil where no rate is set.
    init?(_ bytesPerSecond: Int64?, _ settings: QuotaSettings) {
        guard let bytesPerSecond else { return nil }
        self.bytesPerSecond = Double(bytesPerSecond)
        fresh = ByteRate(windowCount: settings.windowCount, windowNs: settings.windowSeconds * 1_000_000_000)
    }

    /// The most bytes that all windows but one allow together, so that one fetch is no more than
    /// what can be had (KIP-13).
    var byteCountMax: Int {
        let seconds = Double(max(1, fresh.windowCount - 1)) * Double(fresh.windowNs) / 1e9
        return Int(min(bytesPerSecond * seconds, 1e18))
    }

    /// Counts bytes of a client, and says how long it is throttled for.
    func throttleMs(_ clientId: String?, _ byteCount: Int, atNs nowNs: UInt64) -> Int32 {
        with(clientId, atNs: nowNs) {
            $0.record(byteCount, atNs: nowNs)
            return $0.throttleMs(bytesPerSecond, atNs: nowNs)
        }
    }

    /// The same for bytes that are not sent where the client is throttled: then they do not count.
    ///
    /// A single batch beyond the whole quota is let through when nothing else counts, as nobody
    /// could ever read past it otherwise.
    func throttleMsUnlessSent(_ clientId: String?, _ byteCount: Int, atNs nowNs: UInt64) -> (ms: Int32, isSent: Bool) {
        with(clientId, atNs: nowNs) {
            let isFirst = $0.isEmpty(atNs: nowNs)
            $0.record(byteCount, atNs: nowNs)
            let ms = $0.throttleMs(bytesPerSecond, atNs: nowNs)
            if ms > 0, !isFirst { $0.takeBack(byteCount) }
            return (ms, ms == 0 || isFirst)
        }
    }

    private func with<Result>(_ clientId: String?, atNs nowNs: UInt64, _ body: (inout ByteRate) -> Result) -> Result {
        let name = clientId ?? ""
        if rates[name] == nil, rates.count >= Self.clientCountMax,
            let oldest = rates.min(by: { $0.value.lastNs < $1.value.lastNs })
        {
            rates[oldest.key] = nil
        }
        return body(&rates[name, default: fresh])
    }
}
