import Foundation
import KafkaClient
import Synchronization

/// A member of a group that is Kafka's own consumer: its verifiable consumer tells in JSON what it
/// is assigned, reads and commits.
final class JavaMember {
    private let process = Process()
    private let told: JavaMemberLines

    /// What it has.
    var partitions: Set<TopicPartition> { told.owned.withLock { $0 } }

    init(_ home: String, _ arguments: [String], _ ledger: GroupLedger) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: home + "/bin/kafka-verifiable-consumer.sh")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        told = JavaMemberLines(ledger)
        let told = told
        try process.runUnblocked()
        DispatchQueue.global().async { told.read(output.fileHandleForReading) }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Leaves as it should.
    func stop() async throws {
        process.terminate()
        try await wait("Kafka's consumer ends") { told.isEnded.load(ordering: .relaxed) }
    }
}

/// The lines of one, taken into a ledger.
private final class JavaMemberLines: Sendable {
    private struct Line: Decodable {
        struct Partition: Decodable {
            let topic: String
            let partition: Int32
            var minOffset: Int64?
            var maxOffset: Int64?
            var offset: Int64?

            var name: TopicPartition { TopicPartition(topic: topic, partition: partition) }
        }

        let name: String
        var partitions: [Partition]?
        var offsets: [Partition]?
        var success: Bool?
    }

    let owned = Mutex<Set<TopicPartition>>([])
    let isEnded = Atomic(false)
    private let ledger: GroupLedger

    init(_ ledger: GroupLedger) { self.ledger = ledger }

    func read(_ handle: FileHandle) {
        var text = Data()
        while case let data = handle.availableData, !data.isEmpty {
            text += data
            while let end = text.firstIndex(of: 0x0a) {
                if let line = try? JSONDecoder().decode(Line.self, from: text[..<end]) { take(line) }
                text = text[(end + 1)...]
            }
        }
        isEnded.store(true, ordering: .relaxed)
    }

    private func take(_ line: Line) {
        let partitions = line.partitions ?? []
        switch line.name {
        case "partitions_assigned": owned.withLock { $0.formUnion(partitions.map(\.name)) }
        case "partitions_revoked": owned.withLock { $0.subtract(partitions.map(\.name)) }
        case "records_consumed":
            for partition in partitions {
                guard let first = partition.minOffset, let last = partition.maxOffset else { continue }
                // When it was read is not told, only what.
                for offset in first...last { ledger.read(partition.name, offset, by: nil) }
            }
        case "offsets_committed" where line.success == true:
            var offsets: [TopicPartition: Int64] = [:]
            for partition in line.offsets ?? [] { offsets[partition.name] = partition.offset }
            ledger.committed(offsets)
        default: break
        }
    }
}
