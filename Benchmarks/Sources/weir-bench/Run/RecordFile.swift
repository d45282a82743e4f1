import BenchmarkPlan
import Foundation

/// The file that a run's record is kept in.
struct RecordFile {
    let path: String
    private static let byteCountMax = 256 << 20

    /// Writes it whole or not at all.
    func write(_ record: BenchmarkRecord) throws(BenchmarkError) {
        let url = URL(fileURLWithPath: path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try encoder.encode(record).write(to: url, options: .atomic)
        } catch {
            throw BenchmarkError("\(path): the record could not be written: \(error)")
        }
    }

    /// Reads it; nil when there is none.
    func read() throws(BenchmarkError) -> BenchmarkRecord? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.byteCountMax else {
            throw BenchmarkError("\(path): it can't be read, or is larger than any record")
        }
        let record: BenchmarkRecord
        do { record = try JSONDecoder().decode(BenchmarkRecord.self, from: data) } catch {
            throw BenchmarkError("\(path): no record of weir-bench: \(error)")
        }
        guard record.format == BenchmarkRecord.currentFormat else {
            throw BenchmarkError(
                "\(path): its format is '\(record.format)', and this weir-bench reads '\(BenchmarkRecord.currentFormat)'"
            )
        }
        return record
    }

    /// Gives the file another name in its folder.
    func move(to name: String) throws(BenchmarkError) -> RecordFile {
        let url = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name)
        do { try FileManager.default.moveItem(atPath: path, toPath: url.path) } catch {
            throw BenchmarkError("\(path): it could not be renamed to \(name): \(error)")
        }
        return RecordFile(path: url.path)
    }
}
