import Networking

/// Keeps what happens again and again, a client that misbehaves or a disk that is full, from filling the log: so many lines a second, then their number.
struct LineLimiter {
    static let lineCountMaxPerSecond = 10
    private var secondStartNs: UInt64 = 0
    private var lineCount = 0

    /// The lines to write for one more event.
    mutating func lines(for line: String, nowNs: UInt64) -> [String] {
        if nowNs >= secondStartNs + 1_000_000_000 {
            let dropped = lineCount - Self.lineCountMaxPerSecond
            secondStartNs = nowNs
            lineCount = 1
            return dropped > 0 ? ["\(dropped) more lines were left out", line] : [line]
        }
        lineCount += 1
        return lineCount <= Self.lineCountMaxPerSecond ? [line] : []
    }
}

extension BrokerCore {
    /// Says what happened in serving a client, within bounds.
    func log(_ line: String) {
        for line in limiter.lines(for: line, nowNs: EventLoop.nowNs()) { writeLine(line) }
    }
}
