import Bytes
import KafkaProtocol

/// One change as the journal keeps it: an entry that ends behind the group forgets that, one that
/// ends behind the partition forgets the commit for it.
enum OffsetEntry: Equatable {
    case commit(group: String, OffsetStore.Place, OffsetStore.Commit)
    case noCommit(group: String, OffsetStore.Place)
    case noGroup(String)

    /// Makes the change.
    func apply(to store: inout OffsetStore) {
        switch self {
        case .commit(let group, let place, let commit): store.set(commit, group: group, place)
        case .noCommit(let group, let place): store.forget(group: group, place)
        case .noGroup(let group): store.forget(group: group)
        }
    }

    func write(to buffer: ByteBuffer) {
        switch self {
        case .noGroup(let group): buffer.appendText(group)
        case .noCommit(let group, let place): Self.write(group, place, to: buffer)
        case .commit(let group, let place, let commit):
            Self.write(group, place, to: buffer)
            buffer.appendInteger(commit.offset)
            buffer.appendInteger(commit.leaderEpoch)
            buffer.appendText(commit.metadata)
        }
    }

    private static func write(_ group: String, _ place: OffsetStore.Place, to buffer: ByteBuffer) {
        buffer.appendText(group)
        buffer.appendInteger(place.topicId.high)
        buffer.appendInteger(place.topicId.low)
        buffer.appendInteger(place.partition)
    }
}

extension OffsetEntry {
    init(parsing reader: inout WireReader) throws(WireError) {
        let group = try reader.readText()
        guard reader.remaining > 0 else {
            self = .noGroup(group)
            return
        }
        let place = OffsetStore.Place(topicId: try reader.readUUID(), partition: try reader.readInteger())
        guard reader.remaining > 0 else {
            self = .noCommit(group: group, place)
            return
        }
        let commit = OffsetStore.Commit(
            offset: try reader.readInteger(), leaderEpoch: try reader.readInteger(), metadata: try reader.readText())
        self = .commit(group: group, place, commit)
    }
}
