import Names
import Testing

@Suite struct NearestNameTests {
    private let names = [
        "linger.ms", "batch.size", "acks", "compression.type", "compression.lz4.level", "buffer.memory", "ack p99",
        "ack p50",
    ]

    @Test(arguments: [
        ("linger_ms", "linger.ms"), ("lingre.ms", "linger.ms"), ("linger", "linger.ms"), ("ACKS", "acks"),
        ("level", "compression.lz4.level"), ("compression", nil), ("ack p98", "ack p99"), ("memory", "buffer.memory"),
        ("throughput", nil), ("", nil),
    ])
    func findsWhatWasMeant(written: String, meant: String?) {
        #expect(NearestName.find(written, among: names) == meant)
        #expect(NearestName.hint(written, among: names) == meant.map { " (did you mean '\($0)'?)" })
    }

    @Test func countsEditsAndSwaps() {
        func distance(_ one: String, _ other: String) -> Int {
            NearestName.distance(Array(one.unicodeScalars), Array(other.unicodeScalars))
        }
        #expect(distance("abc", "abc") == 0 && distance("abcd", "abdc") == 1 && distance("", "abc") == 3)
        #expect(distance("kitten", "sitting") == 3)
    }

    @Test func nobodyIsMeantWhereThereIsNobody() { #expect(NearestName.find("x", among: []) == nil) }
}
