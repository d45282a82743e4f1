import Testing

@testable import LoadEngine

@Suite struct RecordValuesTests {
    @Test func theSameSeedGivesTheSameBytes() {
        func arena(seed: UInt64) -> [UInt8] {
            RecordValues(byteCount: 100, random: 0.5, seed: seed, isCompressed: true).arena
        }
        #expect(arena(seed: 7) == arena(seed: 7))
        #expect(arena(seed: 7) != arena(seed: 8))
    }

    @Test(arguments: [0, 1, 100, 1 << 20, 3 << 20])
    func everyRecordLiesInTheArena(byteCount: Int) {
        let values = RecordValues(byteCount: byteCount, random: 1, seed: 1, isCompressed: false)
        for ordinal in [0, 1, values.count - 1, values.count, 1_000_003] {
            #expect(values.offset(ofRecord: ordinal) + byteCount <= values.arena.count)
        }
    }

    @Test func theRandomShareIsAtTheFront() {
        let values = RecordValues(byteCount: 40, random: 0.25, seed: 1, isCompressed: false)
        #expect(values.arena[10..<40].elementsEqual(values.arena[50..<80]))
        #expect(!values.arena[0..<10].elementsEqual(values.arena[40..<50]))
    }

    /// What is produced with a codec begins with what is produced without.
    @Test func aCodecIsGivenMoreOfTheSameValues() {
        let plain = RecordValues(byteCount: 1_024, random: 0.5, seed: 1, isCompressed: false)
        let compressed = RecordValues(byteCount: 1_024, random: 0.5, seed: 1, isCompressed: true)
        #expect(plain.arena.count == 1 << 18)
        #expect(compressed.arena.count == 1 << 20)
        #expect(compressed.arena.starts(with: plain.arena))
    }
}
