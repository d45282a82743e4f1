import KafkaClient
import Measurement
import Results
import Scenario
import System

extension ProduceOutcome {
    /// What a result keeps of this.
    func asRepeat(
        of order: MeasurementOrder, _ spec: ProduceSpec, lingerMs: Int, startedAt: UTCTime
    ) throws(HistogramError) -> Repeat {
        var result = Repeat(round: order.round, startedAt: startedAt, windowNs: windowEndNs.since(windowBeginNs))
        result.saturated = isSaturated
        result.counts = WindowCounts(
            attempted: Int64(book.attemptedCount), acknowledged: Int64(book.windowCount),
            failed: Int64(book.refusedCount + book.unknownCount),
            acknowledgedBytes: Int64(book.windowCount * spec.value.byteCount))
        result.perSecond = PerSecond(
            firstSecond: -Int(order.measure.warmupNs / 1_000_000_000), acknowledged: book.perSecond.map(Int64.init))
        result.enter(reading)
        result.breakdown = breakdown(spec)
        result.latencies = try latencies()
        result.invalidReasons = reasons(lateNs: order.measure.lateNs, order.limit)
        result.judge(
            gaps, standstills, usualNs: spec.load.usualGapNs(book.latency, lingerMs: lingerMs), .acknowledged)
        return result
    }

    private func reasons(lateNs: UInt64, _ limit: WriteLimit) -> [InvalidReason] {
        var reasons = book.errors.map { InvalidReason($0.code, "\($0.text) (\($0.count) records)") }
        if reading == nil {
            reasons.append(InvalidReason(.failed, "the window never began"))
        } else if book.windowCount == 0 {
            reasons.append(InvalidReason(.noProgress, "nothing was acknowledged in the window"))
        }
        if slip.totalCount > 0, slip.value(atPercentile: 99) > lateNs {
            let lateMs = slip.value(atPercentile: 99) / 1_000_000
            reasons.append(
                InvalidReason(.generatorLate, "1 % of the records were handed over \(lateMs) ms late, or more"))
        }
        if reachedByteLimit {
            reasons.append(InvalidReason(limit.code, "the window was cut short: \(limit.words)"))
        }
        return reasons
    }

    /// Where the time of a life went or, for a kept producer in a closed loop, of a record. Other
    /// loads have no total to break down.
    private func breakdown(_ spec: ProduceSpec) -> Breakdown? {
        switch (spec.recreate, spec.load) {
        case (.never, .concurrency):
            let record = Breakdown.Step(
                name: "produce", count: Int64(book.latency.totalCount), totalNs: book.latencyTotalNs)
            return Breakdown(per: "record", count: record.count, steps: [record])
        case (.never, _): return nil
        case (.producer, _): return lives.breakdown(per: "producer")
        case (.client, _): return lives.breakdown(per: "client")
        }
    }

    private func latencies() throws(HistogramError) -> [LatencyRecord] {
        var records: [LatencyRecord] = []
        if book.latency.totalCount > 0 { records.append(try LatencyRecord(.acknowledgement, book.latency)) }
        if let afterHandOver = book.afterHandOver {
            // An open loop has a latency of its own beside it, which counts from the intended time.
            records.append(try LatencyRecord(records.isEmpty ? .queueing : .service, afterHandOver))
        }
        if slip.totalCount > 0 { records.append(try LatencyRecord(.slip, slip)) }
        return records
    }
}

extension LoadSpec {
    /// The longest time between two records that is usual for this load, by its schedule and what
    /// its records took.
    func usualGapNs(_ latency: HdrHistogram, lingerMs: Int) -> UInt64 {
        guard latency.totalCount > 0 else { return 0 }
        switch self {
        case .concurrency: return latency.value(atPercentile: 50)
        // A standstill makes every record late that was due meanwhile, so the median would not be
        // usual.
        case .rate(let perSecond):
            let scheduleNs = max(1_000_000_000 / perSecond, Double(lingerMs) * 1_000_000)
            return UInt64(min(scheduleNs, 1e18)) + latency.minValue
        case .unlimited: return 0
        }
    }
}

extension LifeTotals {
    fileprivate func breakdown(per life: String) -> Breakdown {
        Breakdown(per: life, count: Int64(count), steps: gaps)
    }
}

extension Repeat {
    /// Enters what the window used and sent.
    mutating func enter(_ reading: WindowProbe.Reading?) {
        guard let reading else { return }
        resources = reading.usage
        traffic = Traffic(
            bytesSent: Int64(reading.sentByteCount), bytesReceived: Int64(reading.receivedByteCount),
            connectionsOpened: Int64(reading.connectionCount),
            requestsByApi: reading.requestCounts.mapValues(Int64.init), roundTrips: Int64(reading.roundTripCount))
        disturbances = reading.disturbances
    }
}
