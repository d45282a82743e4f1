import Bytes
import Glibc
import System
import Testing

@testable import Networking

@Suite struct OutputQueueTests {
    /// Takes what is gathered, in pieces of random size, as a socket would.
    @Test func yieldsEveryByteInOrderHoweverLittleIsTaken() {
        var random = SplitMix64(seed: 11)
        let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: 7)
        defer { vectors.deallocate() }
        var queue = OutputQueue()
        var expected: [UInt8] = []
        var taken: [UInt8] = []
        var sent: [Int] = []
        for round in 0..<600 {
            var parts: [OutputPart] = []
            for _ in 0..<Int(random.next() % 4) {
                let buffer = ByteBuffer(capacity: 64)
                let bytes = pattern(Int(random.next() % 40), seed: round)
                buffer.append(bytes.span.bytes)
                let start = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
                parts.append(.buffer(buffer, start..<bytes.count))
                expected += bytes[start...]
            }
            queue.append(parts) { sent.append(round) }
            take(&queue, vectors, Int(random.next() % 90), &taken)
        }
        while !queue.isEmpty { take(&queue, vectors, 1000, &taken) }
        let isWhole = taken == expected
        #expect(isWhole)
        #expect(queue.byteCount == 0)
        #expect(sent == Array(0..<600))
    }

    private func take(
        _ queue: inout OutputQueue, _ vectors: UnsafeMutableBufferPointer<iovec>, _ limit: Int, _ taken: inout [UInt8]
    ) {
        let (count, byteCount, isFileNext) = queue.gather(into: vectors, byteCountMax: limit)
        #expect(byteCount <= limit && !isFileNext)
        var bytes: [UInt8] = []
        for vector in vectors.prefix(count) {
            bytes += UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
        }
        #expect(bytes.count == byteCount)
        taken += bytes
        var due: [() -> Void] = []
        queue.drop(byteCount, &due)
        for call in due { call() }
    }

    @Test func letsGoOfWhatIsSent() {
        var queue = OutputQueue()
        weak var first: ByteBuffer?
        weak var second: ByteBuffer?
        do {
            let buffers = [frame([1, 2]), frame([3])]
            (first, second) = (buffers[0], buffers[1])
            queue.append(buffers.map { .buffer($0) }, onSent: nil)
        }
        var due: [() -> Void] = []
        queue.drop(5, &due)
        #expect(first != nil)
        queue.drop(1, &due)
        #expect(first == nil && second != nil)
        queue.removeAll()
        #expect(second == nil)
        #expect(queue.isEmpty && queue.byteCount == 0)
    }

    @Test func stopsAtAFileAndKeepsItsPlaceInIt() {
        var queue = OutputQueue()
        let region = FileRegion(file: SharedFile(takingOver: -1), offset: 100, byteCount: 10)
        queue.append([.buffer(frame([])), .file(region), .buffer(frame([]))], onSent: nil)
        let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: 4)
        defer { vectors.deallocate() }
        #expect(queue.nextFile == nil)
        let gathered = queue.gather(into: vectors, byteCountMax: 100)
        #expect(gathered == (1, 4, true))
        var due: [() -> Void] = []
        queue.drop(4, &due)
        queue.drop(3, &due)
        #expect(queue.nextFile?.offset == 103)
        #expect(queue.nextFile?.byteCount == 7)
        queue.drop(7, &due)
        #expect(queue.nextFile == nil)
        #expect(queue.gather(into: vectors, byteCountMax: 100) == (1, 4, false))
    }
}
