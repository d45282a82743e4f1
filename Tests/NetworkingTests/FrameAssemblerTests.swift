import Bytes
import Testing

@testable import Networking

@Suite struct FrameAssemblerTests {
    private let pool = BufferPool(keptByteCountMax: 0)

    /// Feeds `bytes` in chunks of the given sizes, over and over, and collects the frames.
    private func frames(of bytes: [UInt8], chunks: [Int], limits: FrameLimits = FrameLimits()) throws -> [[UInt8]] {
        var assembler = FrameAssembler(limits: limits, pool: pool)
        var found: [[UInt8]] = []
        var start = 0
        var round = 0
        while start < bytes.count {
            let chunk = Array(bytes[start..<min(start + chunks[round % chunks.count], bytes.count)])
            start += chunk.count
            round += 1
            var offset = 0
            while offset < chunk.count {
                offset += try assembler.take(chunk.span.bytes, from: offset)
                if let frame = assembler.takeWholeFrame() { found.append(content(frame)) }
            }
        }
        #expect(assembler.isBetweenFrames)
        return found
    }

    @Test(arguments: [[1], [2, 3], [5], [7, 1, 1], [1024], [1 << 20]])
    func findsTheFramesHoweverTheyAreCut(chunks: [Int]) throws {
        let payloads = [0, 1, 2, 3, 4, 5, 255, 256, 257, 0, 0, 3000].enumerated().map { pattern($1, seed: $0) }
        let bytes = payloads.flatMap { content(frame($0)) }
        let found = try frames(of: bytes, chunks: chunks) == payloads
        #expect(found)
    }

    @Test func growsToALargeFrameInSteps() throws {
        var limits = FrameLimits()
        limits.unprovenByteCountMax = 1024
        let payloads = [100_000, 70_000, 5].map { pattern($0) }
        let found = try frames(of: payloads.flatMap { content(frame($0)) }, chunks: [777], limits: limits) == payloads
        #expect(found)
    }

    @Test func aClaimAloneTakesLittleMemoryUntilAFrameOfThatSizeHasCome() throws {
        var limits = FrameLimits()
        limits.unprovenByteCountMax = 4096
        var assembler = FrameAssembler(limits: limits, pool: pool)
        let header: [UInt8] = [0, 0x10, 0, 0]  // 1 MiB
        _ = try assembler.take(header.span.bytes, from: 0)
        var sizes: [Int] = []
        var left = 1 << 20
        let chunk = [UInt8](repeating: 1, count: 512)
        while left > 0 {
            let (buffer, missing) = try #require(assembler.bufferToFill())
            #expect(missing == left)
            // Never more than four times what came, and never more than the step at first.
            #expect(buffer.capacity <= max(4096, 4 * buffer.count))
            if sizes.last != buffer.capacity { sizes.append(buffer.capacity) }
            left -= try assembler.take(chunk.span.bytes, from: 0)
        }
        #expect(sizes.count > 3)
        let whole = assembler.takeWholeFrame()
        #expect(whole?.count == 1 << 20)
        _ = try assembler.take(header.span.bytes, from: 0)
        #expect(assembler.bufferToFill()?.buffer.capacity == 1 << 20)
    }

    @Test func aBufferThatAnEarlierFrameGrewIsFoundAgainByANewPeer() throws {
        var limits = FrameLimits()
        limits.unprovenByteCountMax = 4096
        let header: [UInt8] = [0, 0x0c, 0, 0]  // 768 KiB
        let content = [UInt8](repeating: 1, count: 768 << 10)
        let pool = BufferPool(keptByteCountMax: 1 << 20)
        func receive() throws -> ByteBuffer {
            var assembler = FrameAssembler(limits: limits, pool: pool)
            _ = try assembler.take(header.span.bytes, from: 0)
            _ = try assembler.take(content.span.bytes, from: 0)
            let whole = assembler.takeWholeFrame()
            return try #require(whole)
        }
        let first = try receive()
        pool.give(first)
        let second = try receive()
        #expect(second === first)
        #expect(second.count == content.count)
    }

    @Test(arguments: [
        ([0xff, 0xff, 0xff, 0xff], NetworkError.Code.negativeFrameLength, -1),
        ([0x80, 0, 0, 0], .negativeFrameLength, Int(Int32.min)),
        ([0, 0, 0, 7], .frameTooSmall, 7), ([0, 0, 1, 1], .frameTooLarge, 257),
        ([0x47, 0x45, 0x54, 0x20], .frameTooLarge, 0x4745_5420),  // "GET "
    ])
    func refusesLengthsOutOfBounds(prefix: [UInt8], code: NetworkError.Code, announced: Int) {
        var assembler = FrameAssembler(
            limits: FrameLimits(maxFrameByteCount: 256, minFrameByteCount: 8), pool: pool)
        let fault = #expect(throws: FrameAssembler.Fault.self) {
            for byte in prefix { _ = try assembler.take([byte].span.bytes, from: 0) }
        }
        #expect(fault == FrameAssembler.Fault(code: code, announced: announced))
    }

    @Test func saysHowFarAFrameGot() throws {
        var assembler = FrameAssembler(limits: FrameLimits(), pool: pool)
        _ = try assembler.take([UInt8(0), 0, 0].span.bytes, from: 0)
        #expect(!assembler.isBetweenFrames)
        #expect(assembler.progress == "3 of the 4 bytes of a frame's length")
        _ = try assembler.take([UInt8(9), 1, 2].span.bytes, from: 0)
        #expect(assembler.progress == "2 of a frame's 9 bytes")
        assembler.abandon()
        #expect(assembler.isBetweenFrames)
    }
}
