/// A member of a group of the classic protocol, as its coordinator knows it.
struct ClassicMember: Equatable {
    /// An assignor that the member can use, with what the member wants it to know.
    struct Assignor: Equatable {
        var name: String
        var metadata: [UInt8] = []
    }

    var id: String
    var instanceId: String?
    var clientId: String
    /// Where it connects from, as Java writes an address.
    var clientHost: String
    var sessionTimeoutMs: Int32
    var rebalanceTimeoutMs: Int32
    /// What it can use, the preferred one first.
    var protocols: [Assignor]
    /// What its leader gave it in the group's generation.
    var assignment: [UInt8] = []

    /// Its place in the order in which members came.
    var number: UInt64 = 0
    /// Its JoinGroup, while the answer waits for the others.
    var joining: GroupTicket?
    /// Its SyncGroup, while the answer waits for the leader's.
    var syncing: GroupTicket?
    /// Whether the generation was told to it, and its SyncGroup is still to come.
    var owesSync = false
    /// When it is taken as dead; nil while the coordinator owes it an answer.
    var deadlineMs: Int64?

    func metadata(of name: String) -> [UInt8] { protocols.first { $0.name == name }?.metadata ?? [] }
}

/// Names a request whose answer waits.
typealias GroupTicket = UInt64
