import KafkaClient
import KafkaCompression
import KafkaProtocol
import Networking
import Results
import Scenario

/// Reconciles a repeat that produced: what the broker has, what a consumer reads back, and in which
/// codec. Then it deletes the records.
struct Reconciler {
    let session: CellSession
    let configuration: ProducerConfiguration
    let outcome: ProduceOutcome
    let before: [LogRange]

    /// The counts, as far as they could be determined, and what is wrong. What the load measured
    /// stands in any case.
    func close() async -> (counts: Reconciliation?, reasons: [InvalidReason]) {
        do {
            return try await session.watch.loss.unlessLost(on: session.target.loop) { try await reconcile() }
        } catch {
            session.target.noteFailure(error)
            return (nil, [InvalidReason(error)])
        }
    }

    private func reconcile() async throws -> (counts: Reconciliation?, reasons: [InvalidReason]) {
        let waive = Set(session.cell.waive)
        let acksNone = configuration.acks == .none
        let book = outcome.book
        var counts = Reconciliation(
            attempted: Int64(book.attemptedCount), acknowledged: acksNone ? 0 : Int64(book.acknowledgedCount),
            failed: Int64(book.refusedCount),
            unknownOutcomes: Int64(acksNone ? book.acknowledgedCount : 0) + Int64(book.unknownCount))
        let after = try await session.settledOffsets()
        let written = zip(before, after).map { LogRange(start: $0.end, end: $1.end) }
        if !waive.contains(.endOffsets) {
            counts.endOffsetDelta = written.map { $0.end - $0.start }.reduce(0, +)
        }
        if !waive.contains(.readBack) {
            let read = try await readBack(written)
            counts.readBack = Int64(read.recordCount)
            counts.codecsStored = read.batchCountByCodec
            if !waive.contains(.codec) {
                counts.codecExpected = session.topicCodec.stored(configuration.compression.name)
            }
        }
        let rule = ReconciliationRule(counts: counts, acksNone: acksNone, waivesCodec: waive.contains(.codec))
        return (counts, rule.disagreements() + (await deleteRecords(upTo: after)))
    }

    /// Makes room for the next repeat. A failure leaves the counts as they are, but makes the
    /// repeat invalid.
    private func deleteRecords(upTo ends: [LogRange]) async -> [InvalidReason] {
        guard session.ownsTopic else { return [] }
        // The broker would have to write the deletion to its journal.
        if let fault = session.target.diskFault { return [InvalidReason(fault)] }
        do {
            try await session.target.controlClient.deleteRecords(of: session.topic, upTo: ends)
            return []
        } catch let error as ClientError where error.code == .broker(.topicAuthorizationFailed) {
            // The same right is missing when the topic itself is to be deleted, and is named then.
            return []
        } catch {
            return [InvalidReason(.failed, "its records could not be deleted: \(error)")]
        }
    }

    /// Reads with a client of its own, so that nothing of it is the measured client's.
    private func readBack(_ written: [LogRange]) async throws -> (recordCount: Int, batchCountByCodec: [String: Int64])
    {
        let loop = session.target.loop
        let client = Client(configuration: session.target.clientConfiguration, loop: loop)
        do {
            let read = try await ReadBack.run(
                client: client, loop: loop, topic: session.topic, ranges: written, loss: session.watch.loss,
                batchByteCountMax: configuration.requestByteCountMax)
            await client.close()
            return read
        } catch {
            await client.close()
            throw error
        }
    }
}
