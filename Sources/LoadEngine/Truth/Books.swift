import KafkaClient
import KafkaCompression
import Networking
import Results
import Scenario

/// Closes the books of a repeat that produced: what the broker has, what a consumer reads back, and with which codec; then deletes the records.
struct Books {
    let session: CellSession
    let plan: ProducePlan
    let outcome: ProduceOutcome
    let before: [LogRange]

    /// The counts, what was waived, and what is wrong.
    func close() async throws -> (counts: Reconciliation, waived: [String], reasons: [InvalidReason]) {
        let waive = Set(session.cell.waive)
        let warm = session.target.warm
        let acksNone = plan.configuration.acks == .none
        let book = outcome.book
        var counts = Reconciliation(
            attempted: Int64(book.attemptedCount), acknowledged: acksNone ? 0 : Int64(book.acknowledgedCount),
            failed: Int64(book.refusedCount),
            unknownOutcomes: Int64(acksNone ? book.acknowledgedCount : 0) + Int64(book.unknownCount))
        let after = try await warm.settledOffsets(of: session.topic)
        let written = zip(before, after).map { LogRange(start: $0.end, end: $1.end) }
        if !waive.contains(.endOffsets) {
            counts.endOffsetDelta = written.map { $0.end - $0.start }.reduce(0, +)
        }
        if !waive.contains(.readBack) {
            let read = try await readBack(written)
            counts.readBack = Int64(read.recordCount)
            counts.codecsStored = read.batchCountByCodec
            if !waive.contains(.codec) { counts.codecExpected = plan.configuration.compression.name }
        }
        if session.ownsTopic { try await warm.deleteRecords(of: session.topic, upTo: after) }
        let truth = Truth(counts: counts, acksNone: acksNone, waivesCodec: waive.contains(.codec))
        return (counts, session.cell.waive.map(\.rawValue), truth.disagreements())
    }

    /// Reads with a client of its own, so that nothing of it is the measured client's.
    private func readBack(_ written: [LogRange]) async throws -> (recordCount: Int, batchCountByCodec: [String: Int64])
    {
        let loop = session.target.loop
        let client = Client(configuration: session.target.clientConfiguration, loop: loop)
        do {
            let read = try await ReadBack.run(client: client, loop: loop, topic: session.topic, ranges: written)
            await client.close()
            return read
        } catch {
            await client.close()
            throw error
        }
    }
}
