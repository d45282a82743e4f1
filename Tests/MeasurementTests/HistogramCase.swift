import Foundation
import Measurement
import System

/// A histogram that an oracle answers for: one line of `histograms.tsv`.
struct HistogramCase: Sendable, CustomStringConvertible {
    let name: String
    let lowest: UInt64
    let highest: UInt64
    let significantDigits: Int
    let values: [(value: UInt64, count: UInt64)]

    var description: String { name }

    static let shipped: [HistogramCase] = Fixture.lines("histograms.tsv").map { line in
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        return HistogramCase(
            name: fields[0], lowest: UInt64(fields[1]) ?? 0, highest: UInt64(fields[2]) ?? 0,
            significantDigits: Int(fields[3]) ?? 0, values: pairs(fields[4]))
    }

    /// Cases that no fixture holds, the same in every run.
    static let generated: [HistogramCase] = {
        var generator = SplitMix64(seed: 42)
        return (0..<6).map { number in
            let highest: UInt64 = 3_600_000_000_000
            let values = (0..<400).map { _ -> (value: UInt64, count: UInt64) in
                // Evenly over the magnitudes, so that every bucket is used.
                let bits = UInt64.random(in: 1...41, using: &generator)
                return (
                    min(UInt64.random(in: 0...(1 << bits), using: &generator), highest),
                    UInt64.random(in: 1...1000, using: &generator)
                )
            }
            let lowest: UInt64 = number % 3 == 0 ? 1 : UInt64(10 * number)
            return HistogramCase(
                name: "generated-\(number)", lowest: lowest, highest: highest, significantDigits: 1 + number % 4,
                values: values)
        }
    }()

    func histogram() throws -> HdrHistogram {
        var histogram = try HdrHistogram(
            lowestDiscernibleValue: lowest, highestTrackableValue: highest, significantDigits: significantDigits)
        for (value, count) in values { histogram.recordValue(value, count: count) }
        return histogram
    }

    /// The line that asks an oracle, which is also to read `encoding`.
    func question(encoding: String) -> String {
        let pairs = values.map { "\($0.value):\($0.count)" }.joined(separator: ",")
        return "\(name)\t\(lowest)\t\(highest)\t\(significantDigits)\t\(pairs)\t\(encoding)"
    }

    static func pairs(_ text: String) -> [(value: UInt64, count: UInt64)] {
        text.split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: ":").compactMap { UInt64($0) }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    }
}

/// What an oracle made of a case: one line of its answer.
struct HistogramAnswer: Sendable {
    let name: String
    let recorded: String
    let percentiles: [(percentile: Double, value: UInt64)]
    let minValue: UInt64
    let maxValue: UInt64
    let mean: Double
    let standardDeviation: Double
    let encoding: String
    let recordedFromOurs: String

    init?(_ line: String) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 9, let minValue = UInt64(fields[3]), let maxValue = UInt64(fields[4]),
            let mean = Double(fields[5]), let deviation = Double(fields[6])
        else { return nil }
        name = fields[0]
        recorded = fields[1]
        percentiles = fields[2].split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: ":")
            guard let percentile = Double(parts[0]), let value = UInt64(parts[1]) else { return nil }
            return (percentile, value)
        }
        self.minValue = minValue
        self.maxValue = maxValue
        self.mean = mean
        standardDeviation = deviation
        encoding = fields[7]
        recordedFromOurs = fields[8]
    }
}

enum Fixture {
    static func path(_ name: String) -> String {
        Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)").path
    }

    static func lines(_ name: String) -> [String] {
        guard let text = try? String(contentsOfFile: path(name), encoding: .utf8) else { return [] }
        return text.split(separator: "\n").map(String.init)
    }
}
