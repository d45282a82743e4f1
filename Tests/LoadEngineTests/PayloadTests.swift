import Testing

@testable import LoadEngine

@Suite struct PayloadTests {
    @Test func theSameSeedGivesTheSameBytes() {
        #expect(
            Payload(byteCount: 100, random: 0.5, seed: 7).arena == Payload(byteCount: 100, random: 0.5, seed: 7).arena)
        #expect(
            Payload(byteCount: 100, random: 0.5, seed: 7).arena != Payload(byteCount: 100, random: 0.5, seed: 8).arena)
    }

    @Test(arguments: [0, 1, 100, 1 << 20, 3 << 20])
    func everyRecordLiesInTheArena(byteCount: Int) {
        let payload = Payload(byteCount: byteCount, random: 1, seed: 1)
        for ordinal in [0, 1, payload.count - 1, payload.count, 1_000_003] {
            #expect(payload.offset(ofRecord: ordinal) + byteCount <= payload.arena.count)
        }
    }

    @Test func theRandomShareIsAtTheFront() {
        let payload = Payload(byteCount: 40, random: 0.25, seed: 1)
        #expect(payload.arena[10..<40].elementsEqual(payload.arena[50..<80]))
        #expect(!payload.arena[0..<10].elementsEqual(payload.arena[40..<50]))
    }
}
