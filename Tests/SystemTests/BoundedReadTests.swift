import Foundation
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

    @Test func aPipeThatNobodyWritesToIsNotWaitedForWithoutEnd() throws {
        let path = NSTemporaryDirectory() + "weir-pipe-\(UUID().uuidString)"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: Errno(ETIMEDOUT)) { try BoundedRead.file(path, byteCountMax: 10, waitMs: 20) }
        let bytes: [UInt8] = [1, 2, 3]
        // One that somebody writes to is read to its end.
        let writer = open(path, O_RDWR)
        #expect(write(writer, bytes, 3) == 3)
        #expect(throws: Errno(ETIMEDOUT)) { try BoundedRead.file(path, byteCountMax: 10, waitMs: 20) }
        #expect(write(writer, bytes, 3) == 3)
        #expect(try BoundedRead.file(path, byteCountMax: 2, waitMs: 20) == bytes)
        close(writer)
    }

    @Test func aFileThatCannotBeReadSaysWhy() {
        #expect(throws: Errno(ENOENT)) { try BoundedRead.file("/nonexistent", byteCountMax: 1) }
        #expect(throws: Errno(EISDIR)) { try BoundedRead.file("/", byteCountMax: 1) }
    }
}
