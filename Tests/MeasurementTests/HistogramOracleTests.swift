import Foundation
import Measurement
import Testing

/// Holds the port against what others make of the same values: from files, and from the programs
/// where they are.
@Suite struct HistogramOracleTests {
    @Test(arguments: [("histograms-java.tsv", Rounding.up), ("histograms-python.tsv", .halfUp)])
    func agreesWithTheirFiles(file: String, rounding: Rounding) throws {
        let answers = Fixture.lines(file).compactMap(HistogramAnswer.init)
        try #require(answers.count == HistogramCase.shipped.count && answers.count > 10)
        for (histogramCase, answer) in zip(HistogramCase.shipped, answers) {
            try expectAgreement(histogramCase, answer, rounding)
        }
    }

    @Test(.enabled(if: Oracle.python.isWanted, "no hdrhistogram in .venv-clients: `make test` installs it"))
    func agreesWithPython() throws { try expectAgreement(with: .python, .halfUp) }

    // Its name lets `make interop` find it, as the library comes with Kafka.
    @Test(.enabled(if: Oracle.java.isWanted, "no HdrHistogram-2.2.2.jar in the libs of KAFKA_HOME (Kafka 4.3 has it)"))
    func agreesWithJavaAsInRealKafka() throws { try expectAgreement(with: .java, .up) }

    private func expectAgreement(with oracle: Oracle, _ rounding: Rounding) throws {
        let cases = HistogramCase.generated
        let questions = try cases.map { try $0.question(encoding: $0.histogram().encodedBase64()) }
        let answers = try oracle.ask(questions).compactMap(HistogramAnswer.init)
        try #require(answers.count == cases.count)
        for (histogramCase, answer) in zip(cases, answers) {
            try expectAgreement(histogramCase, answer, rounding)
            #expect(answer.recordedFromOurs == answer.recorded, "\(histogramCase)")
        }
    }

    private func expectAgreement(
        _ histogramCase: HistogramCase, _ answer: HistogramAnswer, _ rounding: Rounding
    ) throws {
        let histogram = try histogramCase.histogram()
        #expect(answer.name == histogramCase.name)
        #expect(histogram.recordedText == answer.recorded, "\(histogramCase)")
        #expect(histogram.minValue == answer.minValue, "\(histogramCase)")
        #expect(histogram.maxValue == answer.maxValue, "\(histogramCase)")
        #expect(isClose(histogram.mean, answer.mean), "\(histogramCase)")
        #expect(isClose(histogram.standardDeviation, answer.standardDeviation), "\(histogramCase)")
        #expect(answer.percentiles.count == 11)
        for (percentile, value) in answer.percentiles {
            #expect(rounding.value(histogram, percentile) == value, "\(histogramCase) at \(percentile)")
        }
        let decoded = try HdrHistogram(base64: answer.encoding)
        #expect(decoded.recordedText == answer.recorded, "\(histogramCase)")
        #expect(decoded.totalCount == histogram.totalCount && decoded.layout == histogram.layout)
        #expect(decoded.highestTrackableValue == histogramCase.highest)
    }

    private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(abs(a), abs(b)) }
}

/// How a percentile's share of the count becomes a whole number, in which the two references
/// differ.
enum Rounding: Sendable {
    /// As Java does, and Weir.
    case up
    /// As Python does, so that its percentile 90 of eight values is the seventh.
    case halfUp

    func value(_ histogram: HdrHistogram, _ percentile: Double) -> UInt64 {
        guard self == .halfUp, percentile > 0 else { return histogram.value(atPercentile: percentile) }
        let wanted = max(UInt64(percentile * Double(histogram.totalCount) / 100 + 0.5), 1)
        var reached: UInt64 = 0
        for (value, count) in histogram.recordedValues {
            reached += count
            if reached >= wanted { return value }
        }
        return 0
    }
}

extension HdrHistogram {
    fileprivate var recordedText: String { recordedValues.map { "\($0.value):\($0.count)" }.joined(separator: ",") }
}
