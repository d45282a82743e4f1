import BenchmarkPlan
import Foundation
import Testing

@Suite struct BenchmarkReportTests {
    private let record: BenchmarkRecord = {
        var record = BenchmarkRecord.of(
            produceCell,
            [
                .weir: Array(repeating: 50_000, count: 7), .floor: Array(repeating: 25_000, count: 7),
                .librdkafkaDebian: Array(repeating: 500_000, count: 7),
            ])
        record.missing[.librdkafkaWheel] = "not installed"
        record.samples.append(
            Sample(cell: produceCell.id, contestant: .librdkafkaDebian, round: 8, failure: "3 records failed"))
        return record
    }()

    @Test func aRowHasTheFigureAndHowManyTimesItWeirIs() {
        let lines = BenchmarkReport(record).console.split(separator: "\n")
        #expect(lines.contains { $0.contains("librdkafka (Debian)") && $0.contains("500 ns") && $0.contains("0.100") })
        #expect(lines.contains { $0.contains("floor") && $0.contains("25.0 ns") && $0.contains("2.00 (2.00–2.00)") })
    }

    @Test func whoIsMissingHasARowThatSaysSo() {
        #expect(BenchmarkReport(record).console.contains("librdkafka (wheel): not installed"))
    }

    @Test func discardedSamplesAreNamed() {
        #expect(
            BenchmarkReport(record).console.contains(
                "discarded: embedded/produce-100B-none, librdkafka-debian: 3 records failed (round 8)"))
    }

    @Test func processorTimesAreLabelledAsLoopbacks() {
        #expect(BenchmarkReport(record).console.contains("CPU is that of loopback connections"))
    }

    @Test func theVerdictStandsBesideTheTarget() {
        let markdown = BenchmarkReport(record).markdown
        #expect(markdown.contains("| ≤ 0.125 | 0.100 (0.100–0.100) | met |"))
        #expect(markdown.contains("| ≤ 1.75 | 2.00 (2.00–2.00) | not met |"))
    }

    @Test func tablesWithoutRowsAreLeftOut() {
        var cell = produceCell
        cell.settings = .clientDefaults
        var record = BenchmarkRecord.of(cell, [.weir: [100, 100], .librdkafkaDebian: [900, 900]], rounds: 2)
        record.only = ["defaults"]
        let report = BenchmarkReport(record).console
        #expect(report.contains("own defaults"))
        #expect(!report.contains("Targets"))
    }

    @Test func theRecordIsWhatItsTablesAreComputedFrom() throws {
        let read = try JSONDecoder().decode(BenchmarkRecord.self, from: JSONEncoder().encode(record))
        #expect(BenchmarkReport(read).console == BenchmarkReport(record).console)
        #expect(read.missing == record.missing)
    }

    @Test func everyRecordThatIsKeptCanBeShown() throws {
        let clone = URL(fileURLWithPath: #filePath).appending(path: "../../../..").standardized
        let folder = clone.appending(path: "results/benchmarks/reference")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
        #expect(!files.isEmpty)
        for file in files {
            let record = try JSONDecoder().decode(BenchmarkRecord.self, from: Data(contentsOf: file))
            #expect(record.format == BenchmarkRecord.currentFormat)
            #expect(BenchmarkReport(record).markdown.contains("| weir |"), "\(file.lastPathComponent)")
        }
    }

    @Test func aPartOfTheFloorHasARow() {
        let cell = Cell(.checksum(valueSize: 100))
        let report = BenchmarkReport(BenchmarkRecord.of(cell, [.floor: [9_000, 9_000]], rounds: 2)).console
        #expect(report.contains("CRC32C of batches, 100 B") && report.contains("9.00 ns"))
    }

    @Test func aRunGoesOnOnlyUnderTheSameConditions() {
        #expect(record.difference(from: record) == nil)
        var other = record
        other.conditions.cpuModel = "another processor"
        #expect(record.difference(from: other)?.contains("2 cores of a processor") == true)
        other = record
        other.conditions.kafkas = ["4.3.1"]
        #expect(record.difference(from: other) == "no Apache Kafka")
        other = record
        other.missing = [:]
        #expect(record.difference(from: other) == "other clients installed (librdkafka (wheel))")
        other = record
        other.conditions.weir = "0.2.0"
        #expect(record.difference(from: other) == "weir 0.1.0")
    }

    @Test func whoChecksNoCRCIsSaidSo() {
        #expect(Contestant.pyKafka.remark(in: .fetch(valueSize: 100, codec: .none)) == "checks no CRC")
        #expect(Contestant.allCases.filter { !$0.checksCRCs } == [.pyKafka, .javaTools])
    }

    @Test func aTableIsAlignedAndRepeatsNoCell() {
        var table = TextTable("title", columns: ["cell", "figure"], wordColumns: 1)
        table.rows = [["a", "1"], ["a", "20"], ["b", "µ"]]
        #expect(table.console == "title\ncell  figure\na          1\n          20\nb          µ\n")
        #expect(table.markdown == "### title\n\n| cell | figure |\n| :-- | --: |\n| a | 1 |\n| a | 20 |\n| b | µ |\n")
    }
}
