import System
import Testing

@Suite struct SplitMix64Tests {
    /// The first numbers that the authors' C program gives for this seed.
    @Test func givesTheNumbersOfItsPaper() {
        var random = SplitMix64(seed: 1_234_567)
        let numbers = (0..<3).map { _ in random.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func partsDrawNumbersOfTheirOwn() {
        var (one, two, again) = (
            SplitMix64(seed: 7, part: "one"), SplitMix64(seed: 7, part: "two"), SplitMix64(seed: 7, part: "one")
        )
        let first = one.next()
        #expect(first == again.next())
        #expect(first != two.next())
    }
}
