import Foundation
import Glibc

/// What a program writes, read as it comes by a thread of its own.
final class ProgramStream: @unchecked Sendable {
    private let handle: FileHandle
    private let condition = NSCondition()
    private var bytes: [UInt8] = []
    private var isOver = false

    init(_ handle: FileHandle) { self.handle = handle }

    func start() {
        Thread { [self] in
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                // A terminal that nobody holds any more answers with an error.
                let count = read(handle.fileDescriptor, &chunk, chunk.count)
                if count < 0, errno == EINTR { continue }
                condition.withLock {
                    if count > 0 { bytes += chunk[..<count] } else { isOver = true }
                    condition.broadcast()
                }
                if count <= 0 { return }
            }
        }.start()
    }

    var soFar: String { condition.withLock { String(decoding: bytes, as: UTF8.self) } }

    func wait(for text: String) -> Bool {
        let deadline = Date(timeIntervalSinceNow: WeirProcess.Running.deadlineS)
        return condition.withLock {
            while !String(decoding: bytes, as: UTF8.self).contains(text) {
                if isOver || !condition.wait(until: deadline) { return false }
            }
            return true
        }
    }

    /// Everything, once it has ended.
    func all() -> String {
        let deadline = Date(timeIntervalSinceNow: WeirProcess.Running.deadlineS)
        return condition.withLock {
            while !isOver, condition.wait(until: deadline) {}
            return String(decoding: bytes, as: UTF8.self) + (isOver ? "" : "\n(somebody still holds this open)\n")
        }
    }
}

/// A terminal without a window.
struct PseudoTerminal {
    /// The program's end and the test's.
    let inner: FileHandle
    let outer: FileHandle

    // Macros that Swift does not see: _IOW('T', 0x31, int) and _IOR('T', 0x30, unsigned int).
    private static let unlock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    init(columns: Int) throws {
        let outer = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, number): (Int32, Int32) = (0, 0)
        var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard outer >= 0, ioctl(outer, Self.unlock, &locked) == 0, ioctl(outer, Self.getNumber, &number) == 0,
            ioctl(outer, UInt(TIOCSWINSZ), &size) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.outer = FileHandle(fileDescriptor: outer, closeOnDealloc: true)
        let inner = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard inner >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.inner = FileHandle(fileDescriptor: inner, closeOnDealloc: true)
    }
}
