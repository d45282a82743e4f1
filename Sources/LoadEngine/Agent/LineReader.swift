/// Parts bytes into lines of a bounded length.
struct LineReader {
    /// How many lines there were.
    private(set) var lineCount = 0
    private var rest: [UInt8] = []
    private let byteCountMax: Int

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// Takes in bytes, and returns the lines that ended with them, without their ends.
    mutating func take(_ bytes: some Collection<UInt8>) throws(AgentError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var left = bytes[...]
        while let end = left.firstIndex(of: UInt8(ascii: "\n")) {
            rest += left[..<end]
            left = left[left.index(after: end)...]
            lineCount += 1
            guard rest.count <= byteCountMax else { throw .tooLong(number: lineCount) }
            lines.append(rest)
            rest = []
        }
        guard rest.count + left.count <= byteCountMax else { throw .tooLong(number: lineCount + 1) }
        rest += left
        return lines
    }
}
