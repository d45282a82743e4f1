import Testing

@testable import LoadEngine

@Suite struct PayloadTests {
    @Test func theSameSeedGivesTheSameBytes() {
        func arena(seed: UInt64) -> [UInt8] {
            Payload(byteCount: 100, random: 0.5, seed: seed, isCompressed: true).arena
        }
        #expect(arena(seed: 7) == arena(seed: 7))
        #expect(arena(seed: 7) != arena(seed: 8))
    }

    @Test(arguments: [0, 1, 100, 1 << 20, 3 << 20])
    func everyRecordLiesInTheArena(byteCount: Int) {
        let payload = Payload(byteCount: byteCount, random: 1, seed: 1, isCompressed: false)
        for ordinal in [0, 1, payload.count - 1, payload.count, 1_000_003] {
            #expect(payload.offset(ofRecord: ordinal) + byteCount <= payload.arena.count)
        }
    }

    @Test func theRandomShareIsAtTheFront() {
        let payload = Payload(byteCount: 40, random: 0.25, seed: 1, isCompressed: false)
        #expect(payload.arena[10..<40].elementsEqual(payload.arena[50..<80]))
        #expect(!payload.arena[0..<10].elementsEqual(payload.arena[40..<50]))
    }

    /// What is produced with a codec begins with what is produced without.
    @Test func aCodecIsGivenMoreOfTheSameValues() {
        let plain = Payload(byteCount: 1_024, random: 0.5, seed: 1, isCompressed: false)
        let compressed = Payload(byteCount: 1_024, random: 0.5, seed: 1, isCompressed: true)
        #expect(plain.arena.count == 1 << 18)
        #expect(compressed.arena.count == 1 << 20)
        #expect(compressed.arena.starts(with: plain.arena))
    }
}
