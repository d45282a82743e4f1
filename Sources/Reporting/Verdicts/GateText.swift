/// Words that gates and calibrations share.
public enum GateText {
    /// The lengths of slices: `75, 150 or 300 ms`.
    public static func lengths(_ lengthsNs: [UInt64]) -> String {
        let numbers = lengthsNs.sorted().map { NumberText.plain(Double($0) / 1e6) }
        let last = numbers.last ?? ""
        return (numbers.count > 1 ? "\(numbers.dropLast().joined(separator: ", ")) or \(last)" : last) + " ms"
    }
}
