import Bytes
import Testing

@Suite struct ByteBufferTests {
    @Test func growsAndKeepsWhatWasWritten() {
        let buffer = ByteBuffer(capacity: 2)
        let source: [UInt8] = [1, 2, 3, 4, 5]
        buffer.append(source.span.bytes)
        buffer.append(source.span.bytes)
        buffer.overwrite(UInt16(0x0a0b), at: 4)
        let content = buffer.withUnsafeBytes { Array($0) }
        #expect(content == [1, 2, 3, 4, 0x0a, 0x0b, 2, 3, 4, 5])
    }

    @Test func aFailedAppendLeavesTheContent() {
        struct Failed: Error {}
        let buffer = ByteBuffer(capacity: 8)
        #expect(throws: Failed.self) {
            try buffer.append { out throws(Failed) in
                out.append(UInt8(7))
                throw Failed()
            }
        }
        #expect(buffer.count == 0)
    }

    @Test func poolHandsOutWhatItWasGivenAndForgetsWhatIsOverItsBound() {
        let pool = BufferPool(keptByteCountMax: 1024)
        let first = pool.take(1000)
        let second = pool.take(1000)
        #expect(first.capacity == 1024)
        pool.give(first)
        pool.give(second)
        #expect(pool.take(600) === first)
        #expect(pool.take(600) !== second)
    }

    @Test func anEmptiedPoolKeepsNothingAndThenKeepsAsMuchAsBefore() {
        let pool = BufferPool(keptByteCountMax: 1024)
        let first = pool.take(1024)
        pool.give(first)
        pool.removeAll()
        let second = pool.take(1024)
        #expect(second !== first)
        pool.give(second)
        #expect(pool.take(1024) === second)
    }
}
