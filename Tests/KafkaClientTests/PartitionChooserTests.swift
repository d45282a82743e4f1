import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct PartitionChooserTests {
    func configuration(_ properties: [String: String] = [:]) throws -> ProducerConfiguration {
        try ProducerConfiguration(properties: properties)
    }

    @Test func keysGoWhereJavaSendsThem() throws {
        var chooser = PartitionChooser(try configuration())
        var random = SplitMix(state: 1)
        let key: [UInt8] = [0x6f, 0x0e, 0xfb]
        let chosen = chooser.choose(
            key: key.span.bytes, byteCount: 10, count: 7, available: [], using: &random)
        #expect(chosen == 5)
    }

    @Test func withoutAKeyAPartitionIsKeptForABatch() throws {
        var chooser = PartitionChooser(try configuration(["batch.size": "1000"]))
        var random = SplitMix(state: 2)
        let available: [Int32] = [1, 3, 4]
        var chosen: [Int32] = []
        for _ in 0..<300 {
            chosen.append(chooser.choose(key: nil, byteCount: 100, count: 6, available: available, using: &random))
        }
        for start in stride(from: 0, to: 300, by: 10) { #expect(Set(chosen[start..<(start + 10)]).count == 1) }
        #expect(Set(chosen) == Set(available))
    }

    @Test func keysCanBeIgnored() throws {
        var chooser = PartitionChooser(try configuration(["partitioner.ignore.keys": "true", "batch.size": "1"]))
        var random = SplitMix(state: 3)
        let key: [UInt8] = [1]
        let chosen = (0..<50).map { _ in
            chooser.choose(key: key.span.bytes, byteCount: 10, count: 4, available: [], using: &random)
        }
        #expect(Set(chosen).count == 4)
    }

    @Test func inTurnMeansInTurn() throws {
        var chooser = PartitionChooser(try configuration(["partitioner.class": "RoundRobinPartitioner"]))
        var random = SplitMix(state: 4)
        let key: [UInt8] = [1]
        let chosen = (0..<6).map { _ in
            chooser.choose(key: key.span.bytes, byteCount: 10, count: 4, available: [0, 2, 3], using: &random)
        }
        #expect(chosen == [0, 2, 3, 0, 2, 3])
    }

    @Test func theEstimateFallsSlowlyAndRisesFast() {
        var estimate = CompressionEstimate()
        for _ in 0..<50 { estimate.observed(compressed: 500, of: 1_000) }
        #expect((0.74...0.76).contains(estimate.ratio))
        #expect(estimate.recordByteCount(for: 16_384, max: 1_000_000) > 20_000)
        estimate.observed(compressed: 1_100, of: 1_000)
        #expect(estimate.ratio >= 1.1)
        #expect(estimate.recordByteCount(for: 1_000_000, max: 500_000) == 500_000)
    }

    @Test func aQueueGivesWhatItWasGiven() {
        var fifo = Fifo<Int>()
        var taken: [Int] = []
        for number in 0..<5_000 {
            fifo.append(number)
            if number % 3 > 0, let first = fifo.popFirst() { taken.append(first) }
        }
        while let first = fifo.popFirst() { taken.append(first) }
        #expect(taken.elementsEqual(0..<5_000) && fifo.isEmpty && fifo.count == 0)
    }
}
