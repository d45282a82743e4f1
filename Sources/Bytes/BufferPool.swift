/// Buffers kept for reuse, in classes of powers of two, up to a bound on the bytes kept.
///
/// A pool belongs to one loop. `take` always returns a buffer; what is given back beyond the bound
/// is freed.
public final class BufferPool {
    private let keptByteCountMax: Int
    private var keptByteCount = 0
    // No code that runs during a mutation re-enters this property.
    @safe @exclusivity(unchecked) private var free: [[ByteBuffer]] = Array(repeating: [], count: 48)

    /// A pool that keeps at most `keptByteCountMax` bytes of unused buffers.
    public init(keptByteCountMax: Int) { self.keptByteCountMax = keptByteCountMax }

    /// The room in a buffer that is handed out for `capacity` bytes.
    public static func room(for capacity: Int) -> Int { max(capacity, 256).nextPowerOfTwo }

    /// An empty buffer with room for at least `capacity` bytes; where none is kept, and a new one
    /// may not have so much, with room for `newByteCountMax`.
    public func take(_ capacity: Int, newByteCountMax: Int = .max) -> ByteBuffer {
        let size = Self.room(for: capacity)
        if let buffer = free[size.trailingZeroBitCount].popLast() {
            keptByteCount -= buffer.capacity
            return buffer
        }
        return capacity <= newByteCountMax ? ByteBuffer(capacity: size) : take(newByteCountMax)
    }

    /// Takes back a buffer that is not read any more.
    public func give(_ buffer: ByteBuffer) {
        // The class at or below its size, so that a buffer that grew to an odd size is large enough
        // for its class.
        let sizeClass = Int.bitWidth - 1 - max(buffer.capacity, 1).leadingZeroBitCount
        guard sizeClass >= 8, keptByteCount + buffer.capacity <= keptByteCountMax else { return }
        buffer.removeAll()
        keptByteCount += buffer.capacity
        free[sizeClass].append(buffer)
    }

    /// Frees everything that is kept.
    public func removeAll() {
        keptByteCount = 0
        for sizeClass in free.indices { free[sizeClass] = [] }
    }
}

extension Int {
    /// The least power of two that is not below this number.
    var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
