import Results

/// What carries out measurements, one at a time: in this process, or in one of its own.
protocol LoadGenerator: Sendable {
    /// Carries out an order; when it is told to stop, returns what was measured until then.
    ///
    /// Throws where nothing could be measured.
    func measure(_ order: MeasurementOrder, _ control: MeasurementControl) async throws -> Measured

    /// Ends it and the processes that it started.
    func close() async
}

/// The engine's side of a measurement under way: it says when to stop, hears how far it is, and
/// does what a measurement needs in its middle.
struct MeasurementControl: Sendable {
    /// Asks for the window to end now.
    let interruption: Interruption
    /// Reports that what is waited for will not come.
    let loss: TargetLoss
    /// Hears how many records, or starts, there were so far, no more often than a `Ticker` says.
    let onProgress: @Sendable (Int) -> Void
    /// Does what is requested over the control client, whose costs are not the measured client's.
    let ask: @Sendable (EngineRequest) async throws -> EngineAnswer
}

/// What a load generator requests of the engine in the middle of a measurement.
enum EngineRequest: Codable, Sendable, Equatable {
    /// To commit the offsets of the next start, and to return what is known of it; number 0 is a
    /// start that is discarded.
    case prepareStart(number: Int)
    /// To send one record to each partition, for a start at the end of the log.
    case sendRecords
    /// To look at the logs again, because that start has ended.
    case startEnded(number: Int)
    /// To say where the logs end, as far as the consumer may read, once nothing is under way.
    case logEnds
}

/// What the engine answers.
enum EngineAnswer: Codable, Sendable, Equatable {
    case start(StartGround)
    case sent(SentRecords)
    case logEnds([Int64])
    case done
}

/// What a start needs to know before it begins.
struct StartGround: Codable, Sendable, Equatable {
    /// The group it has; none for a start without.
    let group: String?
    /// Where each partition's log ends.
    let ends: [Int64]
    /// The partitions whose commit may turn out to be out of range.
    let doubtful: [Int]
    /// Whether every partition begins at its end, so that a record must be sent for the start.
    let needsRecord: Bool
    /// Whether the consumer must refuse to start.
    let mustBeRefused: Bool
    /// Whether the start waits for the look-up of where logs begin and end.
    let needsList: Bool
}

/// The records that the engine sent for a start, one to each partition.
struct SentRecords: Codable, Sendable, Equatable {
    /// When the engine handed them to its producer, on the host's monotonic clock.
    let handedOverNs: UInt64
    /// When the broker had appended all of them, as its acknowledgements came.
    let appendedNs: UInt64
}

extension MeasurementControl {
    /// Has the engine prepare a start.
    func prepareStart(_ number: Int) async throws -> StartGround {
        guard case .start(let ground) = try await ask(.prepareStart(number: number)) else { throw Self.otherAnswer }
        return ground
    }

    /// Has the engine send one record to each partition.
    func sendRecords() async throws -> SentRecords {
        guard case .sent(let records) = try await ask(.sendRecords) else { throw Self.otherAnswer }
        return records
    }

    /// Tells the engine that a start has ended.
    func startEnded(_ number: Int) async throws {
        guard case .done = try await ask(.startEnded(number: number)) else { throw Self.otherAnswer }
    }

    /// Where each partition's log ends now.
    func logEnds() async throws -> [Int64] {
        guard case .logEnds(let ends) = try await ask(.logEnds) else { throw Self.otherAnswer }
        return ends
    }

    private static let otherAnswer = EngineError("the engine answered something else than was requested")
}
