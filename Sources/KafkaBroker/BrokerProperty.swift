import KafkaProtocol
import Networking

/// A setting under Kafka's name: how its text is read into the configuration.
struct BrokerProperty: Sendable {
    /// Why a value is not allowed.
    struct Refusal: Error {
        var reason: String
    }

    let apply: @Sendable (inout BrokerConfiguration, String) throws(Refusal) -> Void

    static let all: [String: BrokerProperty] = [
        "listeners": BrokerProperty { (configuration, text) throws(Refusal) in
            let address = try listener(text)
            configuration.host = address.host
            configuration.port = address.port
        },
        "advertised.listeners": BrokerProperty { (configuration, text) throws(Refusal) in
            let address = try listener(text)
            configuration.advertised = (address.host, address.port)
        },
        "node.id": integer(\.nodeId, 0...Int32.max),
        "auto.create.topics.enable": BrokerProperty { (configuration, text) throws(Refusal) in
            configuration.autoCreateTopics = try boolean(text)
        },
        "num.partitions": integer(\.partitionCount, 1...Topics.partitionCountMax),
        "log.segment.bytes": integer(\.segmentByteCount, 1024...Int(Int32.max)),
        "message.max.bytes": integer(\.messageByteCountMax, 0...Int(Int32.max)),
        "log.message.timestamp.type": BrokerProperty { (configuration, text) throws(Refusal) in
            configuration.timestampType = try timestampType(text)
        },
        "socket.send.buffer.bytes": BrokerProperty { (configuration, text) throws(Refusal) in
            guard let byteCount = Int32(text), byteCount == -1 || byteCount > 0 else {
                throw Refusal(reason: "it must be a number from 1 to \(Int32.max), or -1 for the system's own sizing")
            }
            configuration.sendBufferByteCount = byteCount == -1 ? nil : byteCount
        },
        "socket.request.max.bytes": integer(\.requestByteCountMax, 1024...Int(Int32.max)),
        "queued.max.request.bytes": integer(\.queuedRequestByteCountMax, 1...Int.max),
        "max.connections": integer(\.connectionCountMax, 1...Int(Int32.max)),
        "connections.max.idle.ms": integer(\.connectionIdleMsMax, 1...Int64.max / 1_000_000),
        "fetch.max.bytes": integer(\.fetchByteCountMax, 1024...Int(Int32.max)),
        "offset.metadata.max.bytes": integer(\.offsetMetadataByteCountMax, 0...65_536),
        "producer.id.expiration.ms": integer(\.producerExpirationMs, 1...Int64.max / 1_000_000),
    ].merging(slowing, uniquingKeysWith: { $1 }).merging(coordinator, uniquingKeysWith: { $1 })

    /// What the group coordinator goes by.
    private static let coordinator: [String: BrokerProperty] = [
        "group.initial.rebalance.delay.ms": integer(\.groups.initialRebalanceDelayMs, 0...Int64(Int32.max)),
        "group.min.session.timeout.ms": integer(\.groups.sessionTimeoutMsMin, 1...Int32.max),
        "group.max.session.timeout.ms": integer(\.groups.sessionTimeoutMsMax, 1...Int32.max),
        "group.max.size": integer(\.groups.sizeMax, 1...Int32.max),
    ]

    /// What makes it slow on purpose.
    private static let slowing: [String: BrokerProperty] = [
        "producer_byte_rate": optional(\.quotas.producerByteRate, 1...Int64.max),
        "consumer_byte_rate": optional(\.quotas.consumerByteRate, 1...Int64.max),
        "quota.window.num": integer(\.quotas.windowCount, 1...1000),
        "quota.window.size.seconds": integer(\.quotas.windowSeconds, 1...3600),
        "weir.request.delay.ms": milliseconds(0...60_000) { $0.delayNs = $1 },
        "weir.request.delay.slow.ms": milliseconds(0...60_000) { $0.slowDelayNs = $1 },
        "weir.request.delay.slow.ratio": real(0...1) { $0.slowing.slowShare = $1 },
        "weir.request.stall.ms": milliseconds(0...60_000) { $0.stallNs = $1 },
        "weir.request.stall.interval.ms": milliseconds(1...3_600_000) { $0.stallIntervalNs = $1 },
        "weir.request.cpu.ms": milliseconds(0...1000) { $0.cpuNs = $1 },
        "weir.request.api": BrokerProperty { (configuration, text) throws(Refusal) in
            let apis: [String: ApiKey?] = ["all": nil, "Produce": .produce, "Fetch": .fetch]
            guard let api = apis[text] else { throw Refusal(reason: "it must be all, Produce or Fetch") }
            configuration.slowing.api = api
        },
    ]

    private static func integer<Integer: FixedWidthInteger & Sendable>(
        _ field: any WritableKeyPath<BrokerConfiguration, Integer> & Sendable, _ range: ClosedRange<Integer>
    ) -> BrokerProperty {
        BrokerProperty { (configuration, text) throws(Refusal) in
            guard let number = Integer(text), range.contains(number) else {
                throw Refusal(reason: "it must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            configuration[keyPath: field] = number
        }
    }

    private static func optional<Integer: FixedWidthInteger & Sendable>(
        _ field: any WritableKeyPath<BrokerConfiguration, Integer?> & Sendable, _ range: ClosedRange<Integer>
    ) -> BrokerProperty {
        BrokerProperty { (configuration, text) throws(Refusal) in
            guard let number = Integer(text), range.contains(number) else {
                throw Refusal(reason: "it must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            configuration[keyPath: field] = number
        }
    }

    private static func real(
        _ range: ClosedRange<Double>, _ set: @escaping @Sendable (inout BrokerConfiguration, Double) -> Void
    ) -> BrokerProperty {
        BrokerProperty { (configuration, text) throws(Refusal) in
            guard let number = Double(text), range.contains(number) else {
                throw Refusal(reason: "it must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            set(&configuration, number)
        }
    }

    private static func milliseconds(
        _ range: ClosedRange<Double>, _ set: @escaping @Sendable (inout SlowingSettings, UInt64) -> Void
    ) -> BrokerProperty {
        real(range) { set(&$0.slowing, UInt64(($1 * 1_000_000).rounded())) }
    }

    private static func boolean(_ text: String) throws(Refusal) -> Bool {
        switch text {
        case "true": true
        case "false": false
        default: throw Refusal(reason: "it must be true or false")
        }
    }

    private static func timestampType(_ text: String) throws(Refusal) -> TimestampType {
        switch text {
        case "CreateTime": .createTime
        case "LogAppendTime": .logAppendTime
        default: throw Refusal(reason: "it must be CreateTime or LogAppendTime")
        }
    }

    /// One plaintext listener, as Kafka writes it: `PLAINTEXT://host:port`.
    private static func listener(_ text: String) throws(Refusal) -> SocketAddress {
        let scheme = "PLAINTEXT://"
        guard text.hasPrefix(scheme) else { throw Refusal(reason: "it must be PLAINTEXT://host:port") }
        do throws(NetworkError) {
            return try SocketAddress(parsing: String(text.dropFirst(scheme.count)))
        } catch {
            throw Refusal(reason: error.description)
        }
    }
}
