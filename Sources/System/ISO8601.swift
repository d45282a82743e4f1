/// Durations and moments as ISO 8601 writes them.
public enum ISO8601 {
    /// The milliseconds of a duration of days, hours, minutes and seconds (`P1DT2H30M0.5S`), as
    /// Java's Duration reads it; nil for anything else.
    public static func durationMs(_ text: Substring) -> Int64? {
        var rest = text.uppercased()[...]
        guard rest.popFirst() == "P", !rest.isEmpty else { return nil }
        var units: [(Character, Double)] = [("D", 86_400_000)]
        var isTime = false
        var ms = 0.0
        while !rest.isEmpty {
            if rest.first == "T" {
                rest.removeFirst()
                guard !isTime, !rest.isEmpty else { return nil }
                isTime = true
                units = [("H", 3_600_000), ("M", 60_000), ("S", 1_000)]
            }
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            guard let value = Double(digits), let unit = rest.popFirst() else { return nil }
            guard let at = units.firstIndex(where: { $0.0 == unit }) else { return nil }
            guard unit == "S" || !digits.contains(".") else { return nil }
            ms += value * units[at].1
            units.removeSubrange(...at)
        }
        return ms < 9e15 ? Int64(ms) : nil
    }

    /// The milliseconds since 1970 of a moment from the year 1970 to 9999, with seconds and its
    /// zone (`2026-01-31T13:45:00Z`, `2026-01-31T13:45:00.250+02:00`); nil for anything else.
    public static func momentMs(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 32 else { return nil }
        let shape = Array("0000-00-00T00:00:00".utf8)
        for (byte, wanted) in zip(bytes, shape) {
            guard wanted == UInt8(ascii: "0") ? isDigit(byte) : byte == wanted else { return nil }
        }
        let (year, month, day) = (number(bytes[0..<4]), number(bytes[5..<7]), number(bytes[8..<10]))
        let (hour, minute, second) = (number(bytes[11..<13]), number(bytes[14..<16]), number(bytes[17..<19]))
        guard (1970...9999).contains(year), (1...12).contains(month), (1...length(of: month, in: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var rest = bytes[19...]
        guard let fraction = takeFraction(&rest), let zoneMinutes = zone(rest) else { return nil }
        let seconds = (days(year, month, day) * 24 + hour) * 3_600 + (minute - zoneMinutes) * 60 + second
        return seconds * 1_000 + fraction
    }

    /// A moment in UTC by its milliseconds since 1970, in the form that `momentMs` reads.
    public static func moment(ms: Int64) -> String {
        let (seconds, fraction) = (ms / 1_000, ms % 1_000)
        var (year, day) = (Int64(1970), seconds / 86_400)
        while day >= (isLeap(year) ? 366 : 365) {
            day -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month: Int64 = 1
        while day >= length(of: month, in: year) {
            day -= length(of: month, in: year)
            month += 1
        }
        let time = seconds % 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let ofSecond = fraction == 0 ? "" : "." + String("\(1_000 + fraction)".dropFirst())
        return "\(year)-\(two(month))-\(two(day + 1))T\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))"
            + "\(ofSecond)Z"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64 {
        digits.reduce(0) { $0 * 10 + Int64($1 &- 48) }
    }

    /// The milliseconds after a point, of at most three digits; nil for a point without any.
    private static func takeFraction(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        let digits = rest.dropFirst().prefix(while: isDigit)
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest[digits.endIndex...]
        return number(digits) * [100, 10, 1][digits.count - 1]
    }

    /// The minutes that a zone is ahead of UTC.
    private static func zone(_ rest: ArraySlice<UInt8>) -> Int64? {
        if rest.elementsEqual("Z".utf8) { return 0 }
        guard rest.count == 6, let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        let digits = rest.dropFirst()
        let (hours, minutes) = (digits.prefix(2), digits.suffix(2))
        guard hours.allSatisfy(isDigit), minutes.allSatisfy(isDigit), digits.dropFirst(2).first == UInt8(ascii: ":"),
            number(hours) <= 18, number(minutes) < 60
        else { return nil }
        let all = number(hours) * 60 + number(minutes)
        return sign == UInt8(ascii: "+") ? all : -all
    }

    private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func length(of month: Int64, in year: Int64) -> Int64 {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// The days from 1970 to a day of the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let before = year - 1
        let ofYears = (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - 477
        return ofYears + (1..<month).map { length(of: $0, in: year) }.reduce(0, +) + day - 1
    }
}
