import Glibc
import System
import Testing

@Suite(.timeLimit(.minutes(1))) struct BoundedReadTests {
    @Test func aStreamIsReadToItsEndOrOneByteBeyondTheBound() throws {
        for (written, bound, read) in [(0, 10, 0), (9, 10, 9), (10, 10, 10), (11, 10, 11), (50, 10, 11), (1, 0, 1)] {
            let pipe = try PipeEnds()
            let bytes = (0..<written).map { UInt8($0) }
            #expect(write(pipe.writeEnd, bytes, written) == written)
            close(pipe.writeEnd)
            #expect(try BoundedRead.stream(pipe.readEnd, byteCountMax: bound) == Array(bytes.prefix(read)))
            close(pipe.readEnd)
        }
    }

    @Test func aFileThatCannotBeReadSaysWhy() {
        #expect(throws: Errno(ENOENT)) { try BoundedRead.file("/nonexistent", byteCountMax: 1) }
        #expect(throws: Errno(EISDIR)) { try BoundedRead.file("/", byteCountMax: 1) }
    }
}
