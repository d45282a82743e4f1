import BenchmarkPlan
import Foundation
import Reporting

/// A line on standard error for each sample: what it gave, and what is left.
struct ProgressLines {
    private let total: Int
    private let beginMs = Clock.nowMs()
    private var done = 0

    init(_ groups: [Profile.Group]) {
        total = groups.map(\.sampleCount).reduce(0, +)
    }

    mutating func show(_ sample: Sample, _ slot: RoundOrder.Slot) {
        done += 1
        let spentMs = Clock.nowMs() - beginMs
        let left = TimeText.duration(ns: Double(spentMs) / Double(done) * Double(total - done) * 1e6)
        Self.say(
            "[\(done)/\(total)] round \(sample.round), \(sample.cell), \(sample.contestant.rawValue): \(text(sample))"
                + (done < total ? "; about \(left) left" : ""))
    }

    /// One sample less to come.
    mutating func skip() { done += 1 }

    static func say(_ line: String) {
        FileHandle.standardError.write(Data((TextStyleLine.clean(line) + "\n").utf8))
    }

    private func text(_ sample: Sample) -> String {
        if let failure = sample.failure { return "discarded: \(failure)" }
        let parts: [String?] = [
            Metric.medianLatency.value(sample).map { "median \(TimeText.latency(ns: $0))" },
            sample.samplesNs == nil
                ? Metric.cpuPerRecord.value(sample).map { "\(TimeText.latency(ns: $0)) CPU a record" } : nil,
            sample.samplesNs == nil
                ? Metric.recordsPerSecond.value(sample).map { "\(NumberText.significant($0)) records/s" } : nil,
        ]
        let known = parts.compactMap { $0 }
        guard known.isEmpty else { return known.joined(separator: ", ") }
        return sample.figures.sorted { $0.key < $1.key }.map { "\($0.key) \(NumberText.significant($0.value))" }
            .joined(separator: ", ")
    }
}

/// Text of other programs for a terminal.
enum TextStyleLine {
    static func clean(_ line: String) -> String {
        String(
            line.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } ? " " : $0 })
    }
}
