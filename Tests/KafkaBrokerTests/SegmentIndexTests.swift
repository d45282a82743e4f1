import Testing

@testable import KafkaBroker

@Suite struct SegmentIndexTests {
    /// Batches of 1,500 bytes and ten records, each a second later than the one before.
    private func filled(_ count: Int) -> SegmentIndex {
        var index = SegmentIndex()
        for batch in 0..<count {
            index.noteBatch(
                relativeOffset: Int64(batch * 10), position: batch * 1500, maxTimestampBefore: Int64(batch * 1000) - 1)
        }
        return index
    }

    @Test func isSparse() {
        let index = filled(100)
        #expect(index.places.first == .init(relativeOffset: 30, position: 4500))
        #expect(index.places.count == 33)
        for (before, after) in zip(index.places, index.places.dropFirst()) {
            #expect(after.position - before.position >= UInt32(SegmentIndex.intervalByteCount))
        }
    }

    @Test func findsTheBatchAtOrBefore() {
        let index = filled(100)
        for offset in 0..<Int64(1000) {
            let place = index.floor(relativeOffset: offset)
            #expect(Int64(place.relativeOffset) <= offset && offset - Int64(place.relativeOffset) < 30)
            #expect(place.position == place.relativeOffset / 10 * 1500)
        }
        for position in stride(from: 0, to: 150_000, by: 700) {
            let place = index.floor(position: position)
            #expect(Int(place.position) <= position && position - Int(place.position) < 4500 + 1500)
        }
    }

    @Test func neverSkipsATimestamp() {
        let index = filled(100)
        for timestamp in stride(from: Int64(0), to: 100_000, by: 333) {
            // The batch that holds it is number timestamp / 1000.
            #expect(Int64(index.floor(timestamp: timestamp).position) <= timestamp / 1000 * 1500)
        }
    }

    @Test func isTheSameFromItsParts() {
        var index = filled(50)
        var again = SegmentIndex(places: index.places, timestamps: index.timestamps)
        #expect(again == index)
        for position in [75_100, 76_000, 90_000] {
            index.noteBatch(relativeOffset: 900, position: position, maxTimestampBefore: 60_000)
            again.noteBatch(relativeOffset: 900, position: position, maxTimestampBefore: 60_000)
        }
        #expect(again == index)
    }

    @Test func findsTheStartWhenEmpty() {
        #expect(SegmentIndex().floor(relativeOffset: 5) == .init(relativeOffset: 0, position: 0))
        #expect(SegmentIndex().floor(timestamp: 5) == .init(relativeOffset: 0, position: 0))
    }
}
