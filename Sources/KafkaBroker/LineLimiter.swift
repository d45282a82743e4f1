import Networking

/// Keeps repeated events, such as a client that misbehaves or a full disk, from filling the log:
/// the same line once in a while, a number of lines a second, then a count of the lines left out.
struct LineLimiter {
    static let lineCountMaxPerSecond = 10
    /// How long a line that was written is not written again.
    static let repeatNs: UInt64 = 10_000_000_000
    private static let rememberedCountMax = 64
    private var secondStartNs: UInt64 = 0
    private var lineCount = 0
    private var droppedCount = 0
    private var lastNs: [String: UInt64] = [:]

    /// The lines to write for one more event.
    mutating func lines(for line: String, nowNs: UInt64) -> [String] {
        if let lastNs = lastNs[line], nowNs < lastNs + Self.repeatNs {
            droppedCount += 1
            return []
        }
        if nowNs >= secondStartNs + 1_000_000_000 {
            secondStartNs = nowNs
            lineCount = 0
        }
        lineCount += 1
        guard lineCount <= Self.lineCountMaxPerSecond else {
            droppedCount += 1
            return []
        }
        remember(line, nowNs)
        let dropped = droppedCount
        droppedCount = 0
        return dropped > 0 ? ["\(dropped) more lines were left out", line] : [line]
    }

    private mutating func remember(_ line: String, _ nowNs: UInt64) {
        if lastNs.count >= Self.rememberedCountMax { lastNs = lastNs.filter { nowNs < $0.value + Self.repeatNs } }
        if lastNs.count < Self.rememberedCountMax { lastNs[line] = nowNs }
    }
}

extension BrokerCore {
    /// Logs what happened in serving a client, within the limits.
    func log(_ line: String) {
        for line in limiter.lines(for: line, nowNs: EventLoop.nowNs()) { writeLine(line) }
    }
}
