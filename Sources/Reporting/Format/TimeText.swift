/// Times as people read them.
public enum TimeText {
    /// A latency in the unit that suits it: `512 ns`, `1.23 µs`, `45.6 ms`, `7.89 s`.
    public static func latency(ns: Double) -> String {
        guard ns.isFinite else { return NumberText.absent }
        let scale = scale(ns: ns)
        return scale.withUnit(scale.number(ns))
    }

    /// The unit that suits a latency.
    static func scale(ns: Double) -> Scale {
        var scale = Scale(divisor: 1, unit: "ns")
        guard ns.isFinite else { return scale }
        // What would be rounded to 1,000 belongs to the next unit.
        for larger in ["µs", "ms", "s"] where (ns / scale.divisor).magnitude >= 999.5 {
            scale = Scale(divisor: scale.divisor * 1000, unit: larger)
        }
        return scale
    }

    /// A stretch of a run: `45 s`, `1 min 20 s`, `2 h 5 min`.
    public static func duration(ns: Double) -> String {
        guard ns.isFinite, ns >= 0, ns < 1e18 else { return NumberText.absent }
        let seconds = Int((ns / 1e9).rounded())
        switch seconds {
        case 0 where ns > 0: return "under 1 s"
        case ..<60: return "\(seconds) s"
        case ..<3600: return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
        default:
            let minutes = seconds / 60
            return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        }
    }
}
