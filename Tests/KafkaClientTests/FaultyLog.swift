import Bytes
import KafkaProtocol
import Synchronization
import System

@testable import KafkaClient

/// The log of one partition as a broker keeps it, with the duplicates and gaps of idempotent
/// producers. Faults happen before it by a seeded chance.
final class FaultyLog: @unchecked Sendable {
    /// What may go wrong with a request, and how often in a hundred.
    struct Faults: Sendable {
        var dropsBefore = 0
        var dropsAfter = 0
        var refuses = 0
        var timesOutAfter = 0
        var isMute = 0
    }

    private struct Appended {
        let sequence: Int32
        let count: Int32
        let baseOffset: Int64
    }

    private let faults: Faults
    private var random: SplitMix64
    private var appended: [Int64: [Appended]] = [:]
    /// The numbers that the values hold, in the order of the log.
    private(set) var numbers: [UInt64] = []

    init(_ faults: Faults, seed: UInt64) {
        self.faults = faults
        random = SplitMix64(seed: seed)
    }

    func reply(_ header: RequestHeader, _ frame: ByteBuffer) -> ScriptedServer.Reply {
        guard header.apiKey == .produce else { return .well }
        guard let batch = parse(header, frame) else { return .close }
        let chance = Int.random(in: 0..<100, using: &random)
        var bound = faults.dropsBefore
        if chance < bound { return .close }
        bound += faults.refuses
        if chance < bound { return .produced(.notLeaderOrFollower, baseOffset: -1) }
        bound += faults.isMute
        if chance < bound { return .mute }
        let (error, offset) = append(batch)
        bound += faults.dropsAfter
        if chance < bound { return .close }
        bound += faults.timesOutAfter
        if chance < bound, error == .none { return .produced(.requestTimedOut, baseOffset: -1) }
        return .produced(error, baseOffset: offset)
    }

    private func parse(_ header: RequestHeader, _ frame: ByteBuffer) -> (RecordBatchHeader, [UInt64])? {
        var reader = WireReader(frame.bytes)
        guard (try? RequestHeader(parsing: &reader)) != nil,
            let request = try? ProduceRequest(parsing: &reader, version: header.apiVersion),
            let range = request.topicData.first?.partitionData.first?.records?.byteRange
        else { return nil }
        let bytes = frame.bytes.extracting(range)
        guard let batch = try? RecordBatchView(bytes), (try? batch.verifyChecksum()) != nil,
            var cursor = try? batch.makeCursor()
        else { return nil }
        var numbers: [UInt64] = []
        while let record = try? cursor.next(), let value = record.value {
            numbers.append(UInt64(bigEndian: value.unsafeLoadUnaligned(as: UInt64.self)))
        }
        return (batch.header, numbers)
    }

    private func append(_ batch: (header: RecordBatchHeader, numbers: [UInt64])) -> (ErrorCode, Int64) {
        let header = batch.header
        let known = appended[header.producerId] ?? []
        if let same = known.first(where: { $0.sequence == header.baseSequence && $0.count == header.recordCount }) {
            return (.none, same.baseOffset)
        }
        if let last = known.last, header.baseSequence != sequence(last.sequence, advancedBy: last.count) {
            return (.outOfOrderSequenceNumber, -1)
        }
        let offset = Int64(numbers.count)
        numbers += batch.numbers
        let entry = Appended(sequence: header.baseSequence, count: header.recordCount, baseOffset: offset)
        appended[header.producerId] = (known + [entry]).suffix(5)
        return (.none, offset)
    }
}
