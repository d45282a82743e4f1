/// What happens to a consumer as a member of its group, as it happens: for measuring and for
/// showing.
public enum MembershipEvent: Equatable, Sendable {
    /// The coordinator took it in: by JoinGroup, or by the first heartbeat of the newer protocol.
    case joined(memberId: String, generation: Int32)
    /// It knows its assignment: by SyncGroup, or by a heartbeat of the newer protocol.
    case synced(generation: Int32)
    /// These are read from now on, once it is known from where.
    case assigned([TopicPartition])
    /// These were given up in order: nothing of them is handed out any more.
    case revoked([TopicPartition])
    /// These are others', maybe, without having been given up.
    case lost([TopicPartition])
    /// It is no member any more.
    case left
}
