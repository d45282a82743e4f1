import KafkaClient
import Measurement
import Networking
import Results
import Scenario

/// One repeat of producing and consuming at once: from the intended time of a record to its
/// arrival.
struct EndToEndRepeat {
    let session: CellSession
    let produce: ProduceSpec
    let consume: ConsumeSpec

    func run(_ run: RepeatRun) async throws -> Repeat {
        let reading = try ConsumerConfiguration(properties: consume.properties)
        let production = try await Production(session, produce, round: run.round)
        let configuration = production.configuration
        let measured = try await session.measure(production.order, run) { request in
            guard request == .logEnds else { throw EngineError("\(request) is of no use end to end") }
            return .logEnds(try await session.settledOffsets(isolation: reading.isolationLevel).map(\.end))
        }
        guard case .endToEnd(let outcome, let arrived) = measured else { throw EngineError.otherMeasurement }
        var result = try await production.reconciled(outcome)
        try result.enterArrivals(
            arrived, stored: result.reconciliation?.endOffsetDelta, acksNone: configuration.acks == .none)
        let waitMs = reading.fetchMinByteCount > 1 ? reading.fetchMaxWaitMs : 0
        result.judgeArrivals(
            arrived.gaps, arrived.standstill,
            usualNs: produce.load.usualGapNs(arrived.latency, lingerMs: configuration.lingerMs)
                + UInt64(waitMs) * 1_000_000)
        result.note(run.interruption)
        if !run.interruption.isRequested, arrived.windowCount == 0 {
            result.invalidReasons.append(InvalidReason(.noProgress, "nothing was consumed in the window"))
        }
        return result
    }
}

extension Repeat {
    /// Enters what arrived at the consumer, beside what was stored.
    mutating func enterArrivals(
        _ arrived: ConsumeOutcome, stored: Int64?, acksNone: Bool
    ) throws(HistogramError) {
        counts.consumed = Int64(arrived.windowCount)
        counts.consumedBytes = Int64(arrived.windowByteCount)
        perSecond?.consumed = arrived.perSecond.map(Int64.init)
        invalidReasons += arrived.failures
        if let stored, Int64(arrived.consumedCount) != stored {
            invalidReasons.append(
                InvalidReason(.countsDisagree, "stored \(stored), but \(arrived.consumedCount) arrived at the consumer")
            )
        }
        // Arrivals are told apart by their order alone. Reconciliation finds lost records only
        // where records are acknowledged.
        if acksNone, Int64(arrived.consumedCount) != counts.attempted {
            invalidReasons.append(
                InvalidReason(
                    .countsDisagree,
                    "sent \(counts.attempted), but \(arrived.consumedCount) arrived at the consumer: with acks=0 it is not known "
                        + "which, so the end-to-end latencies may be those of other records"))
        }
        if arrived.latency.totalCount > 0 { latencies.append(try LatencyRecord(.endToEnd, arrived.latency)) }
    }
}
