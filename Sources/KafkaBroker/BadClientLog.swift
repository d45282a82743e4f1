import Networking

/// Keeps a client that misbehaves again and again from filling the log: so many lines a second, and then their number.
struct BadClientLog {
    static let lineCountMaxPerSecond = 10
    private var secondStartNs: UInt64 = 0
    private var lineCount = 0

    /// The lines to write for one more event.
    mutating func lines(for line: String, nowNs: UInt64) -> [String] {
        if nowNs >= secondStartNs + 1_000_000_000 {
            let dropped = lineCount - Self.lineCountMaxPerSecond
            secondStartNs = nowNs
            lineCount = 1
            return dropped > 0 ? ["\(dropped) more lines about bad clients were left out", line] : [line]
        }
        lineCount += 1
        return lineCount <= Self.lineCountMaxPerSecond ? [line] : []
    }
}

extension BrokerCore {
    /// Says what a client did wrong, within bounds.
    func logBadClient(_ line: String) {
        for line in badClientLog.lines(for: line, nowNs: EventLoop.nowNs()) { log(line) }
    }
}
