import Glibc
import Networking
import System

/// The first line that a program prints, by which it says what it is.
enum FirstLine {
    private static let byteCountMax = 4096
    private static let pollMs = 100

    /// The line without its newline, or the part of it that came in time; and whether the writer
    /// ended before the line did.
    static func read(_ descriptor: Int32, withinMs: Int) -> (line: String, isOver: Bool) {
        var line: [UInt8] = []
        let deadlineNs = EventLoop.nowNs().later(byMs: withinMs)
        while EventLoop.nowNs() < deadlineNs, line.count < byteCountMax {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&wait, 1, Int32(min(withinMs, pollMs))) > 0 else { continue }
            var byte: UInt8 = 0
            guard unsafe Glibc.read(descriptor, &byte, 1) == 1 else {
                return (String(decoding: line, as: UTF8.self), true)
            }
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        return (String(decoding: line, as: UTF8.self), false)
    }
}
