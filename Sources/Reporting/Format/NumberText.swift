internal import Foundation

/// Numbers as people read them: three significant digits, thousands separated by commas.
public enum NumberText {
    /// What stands for a value that is not a number.
    public static let absent = "–"

    /// Three significant digits, whole from 100 on.
    public static func significant(_ value: Double) -> String {
        guard value.isFinite else { return absent }
        let magnitude = value.magnitude
        if magnitude == 0 { return "0" }
        if magnitude < 1e-6 || magnitude >= 1e15 { return String(format: "%.2e", value) }
        let decimals = max(0, 2 - Int(log10(magnitude).rounded(.down)))
        // 9.996 has one digit before its point until it is rounded.
        let roundsUp = (magnitude * pow(10, Double(decimals))).rounded() >= 1000
        return grouped(String(format: "%.\(max(0, roundsUp ? decimals - 1 : decimals))f", value))
    }

    /// A whole number with its thousands separated.
    public static func grouped(_ value: Int64) -> String { grouped(String(value)) }

    /// So many of something: `1 cell`, `1,000 repeats`.
    public static func counted(_ count: Int, _ noun: String) -> String {
        "\(grouped(Int64(count))) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func grouped(_ digits: String) -> String {
        let sign = digits.hasPrefix("-") ? "-" : ""
        let parts = digits.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
        let whole = Array(parts[0])
        let grouped = whole.indices.map { index in
            let isGroupEnd = (whole.count - index) % 3 == 0 && index > 0
            return isGroupEnd ? ",\(whole[index])" : String(whole[index])
        }
        return sign + grouped.joined() + (parts.count > 1 ? ".\(parts[1])" : "")
    }

    /// The distance to an interval's farther end as a share of the figure: `±3%`.
    public static func spread(_ share: Double) -> String {
        let percent = share * 100
        guard percent.isFinite else { return "" }
        if percent < 0.05 { return "±0%" }
        return percent < 0.95 ? String(format: "±%.1f%%", percent) : "±\(grouped(String(format: "%.0f", percent)))%"
    }

    /// An amount of memory or of bytes.
    public static func bytes(_ value: Double) -> String {
        guard value.isFinite else { return absent }
        let scale = byteScale(value)
        return scale.withUnit(scale.number(value))
    }

    /// The unit that suits an amount of bytes.
    static func byteScale(_ value: Double) -> Scale {
        var scale = Scale(divisor: 1, unit: "B")
        guard value.isFinite else { return scale }
        for larger in ["KiB", "MiB", "GiB", "TiB"] where (value / scale.divisor).magnitude >= 999.5 {
            scale = Scale(divisor: scale.divisor * 1024, unit: larger)
        }
        return scale
    }

    /// A number in as few digits as say it: `2`, `1.5`.
    static func plain(_ value: Double) -> String { String(format: "%g", value) }
}
