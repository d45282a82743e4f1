import KafkaProtocol
import System
import Testing

@testable import KafkaClient

@Suite struct PartitionChooserTests {
    func configuration(_ properties: [String: String] = [:]) throws -> ProducerConfiguration {
        try ProducerConfiguration(properties: properties)
    }

    @Test func keysGoWhereJavaSendsThem() {
        let key: [UInt8] = [0x6f, 0x0e, 0xfb]
        #expect(PartitionChooser.partition(ofKey: key.span.bytes, count: 7) == 5)
    }

    /// As `BuiltInPartitioner` of kafka-clients 4.3.1 does.
    @Test func aPartitionIsKeptUntilItsBytesAreThereAndNoBatchIsBeingFilled() throws {
        var chooser = PartitionChooser(try configuration(["batch.size": "1000"]))
        chooser.keep(3)
        chooser.added(byteCount: 999, isFull: true)
        #expect(chooser.current == 3)
        // The bytes are there, but a batch is being filled.
        chooser.added(byteCount: 1, isFull: false)
        #expect(chooser.current == 3)
        // It was sent meanwhile.
        chooser.willAdd(isFull: true)
        #expect(chooser.current == nil)
        chooser.keep(1)
        chooser.willAdd(isFull: true)
        chooser.added(byteCount: 1_999, isFull: false)
        #expect(chooser.current == 1 && chooser.byteCountLeft == 1)
        chooser.added(byteCount: 1, isFull: false)
        #expect(chooser.current == nil)
    }

    @Test func theLongerAQueueTheLessOftenItIsChosen() {
        var random = SplitMix64(seed: 2)
        let queues: [Int?] = [0, 3, nil, 1]
        var counts = [0, 0, 0, 0]
        for _ in 0..<8_000 { counts[PartitionChooser.choose(count: 4, using: &random) { queues[$0] }] += 1 }
        // Weights 4, 1, none and 3.
        #expect((3_800...4_200).contains(counts[0]) && (850...1_150).contains(counts[1]))
        #expect(counts[2] == 0 && (2_800...3_200).contains(counts[3]))
    }

    @Test func whereNoneIsAvailableAllAreAlike() {
        var random = SplitMix64(seed: 3)
        var counts = [0, 0]
        for _ in 0..<1_000 { counts[PartitionChooser.choose(count: 2, using: &random) { _ in nil }] += 1 }
        #expect(counts.allSatisfy { $0 > 400 })
    }

    @Test func inTurnMeansInTurn() throws {
        var chooser = PartitionChooser(try configuration(["partitioner.class": "RoundRobinPartitioner"]))
        let chosen = (0..<6).map { _ in chooser.nextInTurn(count: 4) { $0 != 1 } }
        #expect(chosen == [0, 2, 3, 0, 2, 3])
        let none = (0..<3).map { _ in chooser.nextInTurn(count: 4) { _ in false } }
        #expect(none == [2, 3, 0])
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

    @Test func anEstimateAfterARefusalIsThatNothingShrinks() {
        var estimate = CompressionEstimate()
        for _ in 0..<50 { estimate.observed(compressed: 500, of: 1_000) }
        estimate.refused(compressed: 500, of: 1_000)
        #expect(estimate.ratio == 1)
        estimate.refused(compressed: 1_200, of: 1_000)
        #expect(estimate.ratio == 1.2)
    }

    @Test func othersTakeAnElementsPlace() {
        var fifo = Fifo<Int>()
        for number in 0..<5 { fifo.append(number) }
        _ = fifo.popFirst()
        fifo.replace([20, 21]) { $0 == 2 }
        fifo.replace([9]) { $0 == 0 }
        var taken: [Int] = []
        while let first = fifo.popFirst() { taken.append(first) }
        #expect(taken == [1, 20, 21, 3, 4])
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
