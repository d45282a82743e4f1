import Testing

@testable import LoadEngine

@Suite struct ReadingOrderTests {
    private func batch(_ offsets: ClosedRange<Int64>, recordCount: Int? = nil, partition: Int = 0) -> BatchCount {
        BatchCount(
            partition: partition, firstOffset: offsets.lowerBound, lastOffset: offsets.upperBound,
            recordCount: recordCount ?? offsets.count, valueByteCount: 0, codec: "none", receivedNs: 0)
    }

    /// Whether each of some batches, entered in turn, is wrong.
    private func faults(_ batches: [BatchCount], isDense: Bool) -> [Bool] {
        var order = ReadingOrder(starts: [5, 0], isDense: isDense)
        return batches.map { order.enter($0) != nil }
    }

    @Test(arguments: [true, false]) func whatGoesOnIsRightOnEachPartitionByItself(isDense: Bool) {
        let batches = [batch(5...9), batch(0...0, partition: 1), batch(10...10), batch(1...3, partition: 1)]
        #expect(faults(batches, isDense: isDense) == [false, false, false, false])
    }

    @Test(arguments: [true, false]) func whatComesAgainIsWrong(isDense: Bool) {
        #expect(faults([batch(5...9), batch(5...9)], isDense: isDense) == [false, true])
        #expect(faults([batch(5...9), batch(9...12)], isDense: isDense) == [false, true])
        #expect(faults([batch(4...9)], isDense: isDense) == [true])
    }

    @Test func aGapIsWrongWhereEachOffsetHasARecord() {
        let batches = [batch(6...9), batch(10...12, recordCount: 2), batch(13...13), batch(20...21)]
        #expect(faults(batches, isDense: true) == [true, true, false, true])
        #expect(faults(batches, isDense: false) == [false, false, false, false])
    }

    @Test func afterARewindTheStartIsNext() {
        var order = ReadingOrder(starts: [5], isDense: true)
        #expect(order.enter(batch(5...9)) == nil)
        order.rewind(0, to: 5)
        #expect(order.enter(batch(5...9)) == nil)
        #expect(order.enter(batch(5...9)) != nil)
    }
}
