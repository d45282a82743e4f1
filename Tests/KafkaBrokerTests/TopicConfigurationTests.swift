import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct TopicConfigurationTests {
    private var configuration = TopicConfiguration(segmentByteCount: 1 << 30, maxMessageByteCount: 1_048_588)

    @Test mutating func takesWhatHasAMeaning() throws {
        try configuration.set("segment.bytes", "1048576")
        try configuration.set("max.message.bytes", "2000")
        try configuration.set("message.timestamp.type", "LogAppendTime")
        try configuration.set("cleanup.policy", "delete")
        #expect(configuration.segmentByteCount == 1 << 20)
        #expect(configuration.maxMessageByteCount == 2000)
        #expect(configuration.timestampType == .logAppendTime)
        #expect(configuration.entries.count == 4)
    }

    @Test(arguments: [
        ("segment.bytes", "12"), ("segment.bytes", "much"), ("cleanup.policy", "compact"), ("retention.ms", "1000"),
        ("compression.type", "gzip"), ("message.timestamp.type", "Never"), ("no.such.thing", "1"),
    ])
    mutating func refusesWhatItCannotHonour(name: String, value: String) {
        let before = configuration
        let refusal = #expect(throws: TopicConfiguration.Refusal.self) { try configuration.set(name, value) }
        #expect(refusal?.message.contains(name) == true)
        #expect(configuration == before)
    }

    @Test mutating func refusesNull() {
        #expect(throws: TopicConfiguration.Refusal.self) { try configuration.set("segment.bytes", nil) }
    }

    @Test(arguments: ["a", "A.b_c-9", String(repeating: "x", count: 249)])
    func allowsNames(_ name: String) { #expect(TopicName.refusal(name) == nil) }

    @Test(arguments: ["", ".", "..", "a b", "a/b", "é", "a\u{0}", String(repeating: "x", count: 250)])
    func refusesNames(_ name: String) { #expect(TopicName.refusal(name) != nil) }

    @Test func knowsNamesThatCollide() {
        #expect(TopicName.collisionKey("a.b_c") == TopicName.collisionKey("a_b.c"))
        #expect(TopicName.collisionKey("a-b") != TopicName.collisionKey("a_b"))
    }
}
