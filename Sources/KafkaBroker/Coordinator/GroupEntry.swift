import Bytes
import KafkaProtocol

/// One fact about a group's members, as the journal keeps it: members are collected until the entry
/// of their group, which takes the place of what was known of it.
enum GroupEntry {
    case member(group: String, ClassicMember)
    case classic(group: String, generation: Int32, protocolType: String, protocolName: String, leader: String)
    case gone(group: String)

    private enum Kind: UInt8 { case member = 1, classic, gone }

    /// About how many bytes it takes; exact but for lengths and numbers.
    static func byteCount(_ member: ClassicMember) -> Int {
        member.protocols.reduce(member.assignment.count) { $0 + $1.metadata.count + $1.name.utf8.count }
    }

    func write(to buffer: ByteBuffer) {
        switch self {
        case .member(let group, let member):
            buffer.appendInteger(Kind.member.rawValue)
            buffer.appendText(group)
            Self.write(member, to: buffer)
        case .classic(let group, let generation, let protocolType, let protocolName, let leader):
            buffer.appendInteger(Kind.classic.rawValue)
            for text in [group, protocolType, protocolName, leader] { buffer.appendText(text) }
            buffer.appendInteger(generation)
        case .gone(let group):
            buffer.appendInteger(Kind.gone.rawValue)
            buffer.appendText(group)
        }
    }

    private static func write(_ member: ClassicMember, to buffer: ByteBuffer) {
        for text in [member.id, member.clientId, member.clientHost] { buffer.appendText(text) }
        buffer.appendInteger(UInt8(member.instanceId == nil ? 0 : 1))
        if let instanceId = member.instanceId { buffer.appendText(instanceId) }
        buffer.appendInteger(member.sessionTimeoutMs)
        buffer.appendInteger(member.rebalanceTimeoutMs)
        buffer.appendInteger(UInt32(member.protocols.count))
        for assignor in member.protocols {
            buffer.appendText(assignor.name)
            buffer.appendBytes(assignor.metadata)
        }
        buffer.appendBytes(member.assignment)
    }

    init(parsing reader: inout WireReader) throws(WireError) {
        let place = reader.offset
        switch Kind(rawValue: try reader.readInteger()) {
        case .member: self = .member(group: try reader.readText(), try Self.parseMember(&reader))
        case .classic:
            let group = try reader.readText()
            let (type, name) = (try reader.readText(), try reader.readText())
            let leader = try reader.readText()
            self = .classic(
                group: group, generation: try reader.readInteger(), protocolType: type, protocolName: name,
                leader: leader)
        case .gone: self = .gone(group: try reader.readText())
        case nil: throw WireError(.invalidBatch("an unknown kind of entry"), at: place)
        }
    }

    private static func parseMember(_ reader: inout WireReader) throws(WireError) -> ClassicMember {
        let (id, clientId, clientHost) = (try reader.readText(), try reader.readText(), try reader.readText())
        let isStatic = try reader.readInteger(UInt8.self) != 0
        var member = ClassicMember(
            id: id, instanceId: isStatic ? try reader.readText() : nil, clientId: clientId, clientHost: clientHost,
            sessionTimeoutMs: try reader.readInteger(), rebalanceTimeoutMs: try reader.readInteger(), protocols: [])
        for _ in 0..<(try reader.readInteger(UInt32.self)) {
            let name = try reader.readText()
            member.protocols.append(ClassicMember.Assignor(name: name, metadata: try reader.readBytes()))
        }
        member.assignment = try reader.readBytes()
        return member
    }
}

extension ByteBuffer {
    /// Appends a length of 32 bits and the bytes.
    fileprivate func appendBytes(_ bytes: [UInt8]) {
        appendInteger(UInt32(bytes.count))
        unsafe append(bytes.span.bytes)
    }
}

extension WireReader {
    /// Reads what `appendBytes` wrote.
    fileprivate mutating func readBytes() throws(WireError) -> [UInt8] {
        unsafe try take(Int(try readInteger(UInt32.self))).withUnsafeBytes { unsafe Array($0) }
    }
}
