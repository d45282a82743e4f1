/// The 16 bytes that identify a topic whatever its name.
public struct KafkaUUID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// The id of these two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// All zeroes: no id.
    public static let zero = KafkaUUID(high: 0, low: 0)

    /// A new id of version 4, never one that Kafka reserves, nor one whose text starts with a dash.
    public static func random() -> KafkaUUID {
        var generator = SystemRandomNumberGenerator()
        while true {
            let high = generator.next() & ~0xf000 | 0x4000
            let low = generator.next() & ~(3 << 62) | 2 << 62
            let uuid = KafkaUUID(high: high, low: low)
            // Kafka's command-line tools would take a leading dash for an option.
            if !uuid.description.hasPrefix("-") { return uuid }
        }
    }

    /// The text that Kafka prints: URL-safe base64 without padding, 22 characters.
    public var description: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        for index in 0..<22 { text.append(alphabet[sextet(index)]) }
        return text
    }

    /// Six of the 128 bits, from the left; the last group has two bits and four zeroes.
    private func sextet(_ index: Int) -> Int {
        let shift = 122 - 6 * index
        if shift >= 64 { return Int(high >> UInt64(shift - 64) & 63) }
        if shift >= 0 { return Int((low >> UInt64(shift) | (shift > 58 ? high << UInt64(64 - shift) : 0)) & 63) }
        return Int(low << UInt64(-shift) & 63)
    }
}
