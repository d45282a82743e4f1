import System

/// The bytes a second of one client against its quota, counted as Kafka's `Rate` counts them: over
/// the last windows, the one under way included. Pure.
struct ByteRate {
    private struct Window {
        var beginNs: UInt64
        var byteCount: Double
    }

    /// `quota.window.num`.
    let windowCount: Int
    /// `quota.window.size.seconds`.
    let windowNs: UInt64
    private var windows: [Window] = []
    private(set) var lastNs: UInt64 = 0

    init(windowCount: Int, windowNs: UInt64) {
        self.windowCount = windowCount
        self.windowNs = windowNs
    }

    private var byteCount: Double { windows.reduce(0) { $0 + $1.byteCount } }

    /// Whether nothing counts any more.
    mutating func isEmpty(atNs nowNs: UInt64) -> Bool {
        drop(atNs: nowNs)
        return byteCount == 0
    }

    /// Counts bytes.
    mutating func record(_ byteCount: Int, atNs nowNs: UInt64) {
        drop(atNs: nowNs)
        lastNs = nowNs
        if let last = windows.last, nowNs.since(last.beginNs) < windowNs {
            windows[windows.count - 1].byteCount += Double(byteCount)
        } else {
            if windows.count == windowCount { windows.removeFirst() }
            windows.append(Window(beginNs: nowNs, byteCount: Double(byteCount)))
        }
    }

    /// Takes back bytes that were counted at the same moment and then not sent.
    mutating func takeBack(_ byteCount: Int) {
        guard !windows.isEmpty else { return }
        windows[windows.count - 1].byteCount -= Double(byteCount)
    }

    /// How long the client is to be silent so that it keeps to `bytesPerSecond`; 0 when it does.
    ///
    /// Kafka's `QuotaUtils.throttleTime`: (rate − quota) / quota × the time that the rate is over.
    mutating func throttleMs(_ bytesPerSecond: Double, atNs nowNs: UInt64) -> Int32 {
        drop(atNs: nowNs)
        let seconds = Double(spanNs(atNs: nowNs)) / 1e9
        let rate = byteCount / seconds
        guard rate > bytesPerSecond else { return 0 }
        let ms = ((rate - bytesPerSecond) / bytesPerSecond * seconds * 1000).rounded()
        return Int32(min(ms, Double(Int32.max)))
    }

    /// The time that the rate is over: all windows but one count even when they were not begun, so
    /// that a client's first bytes are no burst.
    private func spanNs(atNs nowNs: UInt64) -> UInt64 {
        let elapsedNs = windows.first.map { nowNs.since($0.beginNs) } ?? 0
        let missing = UInt64(windowCount - 1) - min(UInt64(windowCount - 1), elapsedNs / windowNs)
        let spanNs = elapsedNs + missing * windowNs
        return spanNs == 0 ? windowNs : spanNs
    }

    private mutating func drop(atNs nowNs: UInt64) {
        windows.removeAll { nowNs.since($0.beginNs) >= UInt64(windowCount) * windowNs }
    }
}
