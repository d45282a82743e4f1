import Bytes
import KafkaProtocol

/// One fact about the topics of a data directory, as their journal keeps it.
enum TopicEntry: Equatable {
    case created(name: String, id: KafkaUUID, partitionCount: Int32, settings: [String: String])
    case deleted(id: KafkaUUID)
    case logStart(id: KafkaUUID, partition: Int32, offset: Int64)
    /// The topic has been given more partitions.
    case grown(id: KafkaUUID, partitionCount: Int32)
    /// Producer ids below this one may have been handed out.
    case producerIds(below: Int64)

    private enum Kind: UInt8 { case created = 1, deleted, logStart, producerIds, grown }

    func write(to buffer: ByteBuffer) {
        switch self {
        case .created(let name, let id, let partitionCount, let settings):
            start(.created, id, buffer)
            buffer.appendText(name)
            buffer.appendInteger(partitionCount)
            buffer.appendInteger(UInt32(settings.count))
            for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
                buffer.appendText(key)
                buffer.appendText(value)
            }
        case .deleted(let id): start(.deleted, id, buffer)
        case .logStart(let id, let partition, let offset):
            start(.logStart, id, buffer)
            buffer.appendInteger(partition)
            buffer.appendInteger(offset)
        case .grown(let id, let partitionCount):
            start(.grown, id, buffer)
            buffer.appendInteger(partitionCount)
        case .producerIds(let end):
            buffer.appendInteger(Kind.producerIds.rawValue)
            buffer.appendInteger(end)
        }
    }

    private func start(_ kind: Kind, _ id: KafkaUUID, _ buffer: ByteBuffer) {
        buffer.appendInteger(kind.rawValue)
        buffer.appendInteger(id.high)
        buffer.appendInteger(id.low)
    }

    init(parsing reader: inout WireReader) throws(WireError) {
        let place = reader.offset
        switch Kind(rawValue: try reader.readInteger()) {
        case .created: self = try Self.parseCreated(&reader)
        case .deleted: self = .deleted(id: try reader.readUUID())
        case .logStart:
            self = .logStart(
                id: try reader.readUUID(), partition: try reader.readInteger(), offset: try reader.readInteger())
        case .grown: self = .grown(id: try reader.readUUID(), partitionCount: try reader.readInteger())
        case .producerIds: self = .producerIds(below: try reader.readInteger())
        case nil: throw WireError(.invalidBatch("an unknown kind of entry"), at: place)
        }
    }

    private static func parseCreated(_ reader: inout WireReader) throws(WireError) -> TopicEntry {
        let id = try reader.readUUID()
        let name = try reader.readText()
        let partitionCount: Int32 = try reader.readInteger()
        var settings: [String: String] = [:]
        for _ in 0..<(try reader.readInteger(UInt32.self)) {
            let key = try reader.readText()
            settings[key] = try reader.readText()
        }
        return .created(name: name, id: id, partitionCount: partitionCount, settings: settings)
    }
}

extension WireReader {
    /// The two halves of a topic's id.
    mutating func readUUID() throws(WireError) -> KafkaUUID {
        KafkaUUID(high: try readInteger(), low: try readInteger())
    }
}
