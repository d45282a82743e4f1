import Testing

@testable import KafkaBroker

@Suite struct BrokerConfigurationTests {
    @Test func takesKafkasNames() throws {
        let configuration = try BrokerConfiguration(
            dataDirectory: "d",
            properties: [
                "auto.create.topics.enable": "false", "num.partitions": "7", "log.segment.bytes": "2048",
                "listeners": "PLAINTEXT://[::1]:9093", "advertised.listeners": "PLAINTEXT://example.org:1",
                "node.id": "3", "message.max.bytes": "99", "socket.send.buffer.bytes": "4096",
            ])
        #expect(!configuration.autoCreateTopics)
        #expect(configuration.partitionCount == 7)
        #expect(configuration.segmentByteCount == 2048)
        #expect(configuration.host == "::1" && configuration.port == 9093)
        #expect(configuration.advertised?.host == "example.org")
        #expect(configuration.nodeId == 3)
        #expect(configuration.messageByteCountMax == 99)
        #expect(configuration.sendBufferByteCount == 4096)
    }

    @Test func leavesTheSendBufferToTheSystem() throws {
        var configuration = BrokerConfiguration(dataDirectory: "d")
        #expect(configuration.sendBufferByteCount == 262_144)
        try configuration.set("socket.send.buffer.bytes", "-1")
        #expect(configuration.sendBufferByteCount == nil)
    }

    @Test(arguments: [
        ("no.such.property", "1"), ("num.partitions", "0"), ("num.partitions", "x"), ("num.partitions", "10001"),
        ("auto.create.topics.enable", "yes"), ("listeners", "SSL://h:1"), ("listeners", "PLAINTEXT://h"),
        ("log.segment.bytes", "99999999999"), ("log.message.timestamp.type", "x"),
        ("socket.send.buffer.bytes", "0"), ("socket.send.buffer.bytes", "-2"),
    ])
    func refusesOthers(name: String, value: String) {
        let error = #expect(throws: BrokerError.self) {
            try BrokerConfiguration(dataDirectory: "d", properties: [name: value])
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.description.contains(name) == true)
    }

    @Test func demandsAnAddressForClients() throws {
        var configuration = BrokerConfiguration(dataDirectory: "d")
        configuration.host = "0.0.0.0"
        #expect(throws: BrokerError.self) { try configuration.validate() }
        configuration.advertised = ("example.org", 9092)
        #expect(throws: Never.self) { try configuration.validate() }
    }

    @Test func sharesDescriptorsOut() {
        let small = DescriptorBudget(limit: 960)
        #expect(small.segmentCount + 2 * small.connectionCount <= 960)
        let large = DescriptorBudget(limit: 1 << 20)
        #expect(large.segmentCount == 4096)
        #expect(DescriptorBudget.raiseProcessLimit() >= 64)
    }

    @Test func leavesOutTooManyLines() {
        var log = LineLimiter()
        var written: [String] = []
        for index in 0..<25 { written += log.lines(for: "\(index)", nowNs: 5_000_000_000 + UInt64(index)) }
        #expect(written == (0..<LineLimiter.lineCountMaxPerSecond).map(String.init))
        #expect(
            log.lines(for: "next", nowNs: 6_000_000_000) == ["15 more lines were left out", "next"])
    }

    @Test func saysTheSameOnceInAWhile() {
        var log = LineLimiter()
        var written: [String] = []
        // Two that take turns, as the partitions on a full disk do.
        for step in 0..<50 {
            written += log.lines(for: "disk full \(step % 2)", nowNs: UInt64(step) * LineLimiter.repeatNs / 50)
        }
        #expect(written == ["disk full 0", "disk full 1"])
        #expect(
            log.lines(for: "disk full 0", nowNs: LineLimiter.repeatNs) == [
                "48 more lines were left out", "disk full 0",
            ])
    }
}
