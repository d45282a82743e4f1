/// What Kafka's own perf tools print.
public enum PerfToolOutput {
    /// How long `records` took, from `3000000 records sent, 144000.0 records/sec (…`; nil unless
    /// the last such line is of all records.
    public static func producerWallNs(_ output: String, records: Int) -> Int? {
        guard let line = output.split(separator: "\n").last(where: { $0.contains(" records sent, ") }) else {
            return nil
        }
        let words = line.split { " ,".contains($0) }
        guard words.count > 3, Int(words[0]) == records, let rate = Double(words[3]), rate > 0 else { return nil }
        return Int(Double(records) / rate * 1e9)
    }

    /// How long fetching took, without joining the group, from the tool's line of ten columns; nil
    /// if fewer than `records` came.
    public static func consumerWallNs(_ output: String, records: Int) -> Int? {
        for line in output.split(separator: "\n").reversed() {
            let columns = line.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
            guard columns.count >= 10, let consumed = Int(columns[4]), let fetchMs = Int(columns[7]) else { continue }
            return consumed >= records && fetchMs > 0 ? fetchMs * 1_000_000 : nil
        }
        return nil
    }
}
