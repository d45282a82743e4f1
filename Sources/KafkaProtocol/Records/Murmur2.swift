/// The hash by which Java's default partitioner spreads keys.
public enum Murmur2 {
    /// murmur2 with Kafka's seed.
    public static func hash(_ key: RawSpan) -> Int32 {
        let multiplier: UInt32 = 0x5bd1_e995
        let count = key.byteCount
        var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: count)
        var at = 0
        while at &+ 4 <= count {
            var word = unsafe UInt32(littleEndian: key.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self))
            word &*= multiplier
            word ^= word &>> 24
            hash = (hash &* multiplier) ^ (word &* multiplier)
            at &+= 4
        }
        if at < count {
            for i in (at..<count).reversed() {
                hash ^= UInt32(unsafe key.unsafeLoad(fromByteOffset: i, as: UInt8.self)) &<< UInt32(8 &* (i &- at))
            }
            hash &*= multiplier
        }
        hash ^= hash &>> 13
        hash &*= multiplier
        return Int32(bitPattern: hash ^ (hash &>> 15))
    }

    /// The partition of a key among `partitionCount`, which must be above 0.
    public static func partition(ofKey key: RawSpan, partitionCount: Int32) -> Int32 {
        (hash(key) & .max) % partitionCount
    }
}
