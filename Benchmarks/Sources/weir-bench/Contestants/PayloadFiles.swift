import BenchmarkPlan
import Foundation
import LoadEngine

/// The values that peers write, drawn as Weir draws its own: a file for each size, with and without
/// a codec.
struct PayloadFiles {
    private let folder: String
    private let seed: UInt64

    init(folder: String, seed: UInt64, randomShare: Double, valueSizes: [Int]) throws(BenchmarkError) {
        self.folder = folder
        self.seed = seed
        for size in valueSizes {
            let plain = RecordValues(byteCount: size, random: randomShare, seed: seed, isCompressed: false)
            let compressed = RecordValues(byteCount: size, random: randomShare, seed: seed, isCompressed: true)
            try Self.write(Data(plain.arena), to: plainPath(size))
            try Self.write(Data(compressed.arena), to: compressedPath(size))
            try Self.write(Data(Self.text(compressed, randomShare: randomShare)), to: textPath(size))
        }
    }

    /// Values one behind the other.
    func path(_ valueSize: Int, _ codec: Codec) -> String {
        codec == .none ? plainPath(valueSize) : compressedPath(valueSize)
    }

    private func plainPath(_ valueSize: Int) -> String { "\(folder)/payload-\(valueSize)" }

    private func compressedPath(_ valueSize: Int) -> String { "\(folder)/payload-\(valueSize)-compressed" }

    /// Values as lines of text, for tools that read nothing else.
    func textPath(_ valueSize: Int) -> String { "\(folder)/payload-\(valueSize).txt" }

    /// All values of a size, one behind the other.
    func values(_ valueSize: Int, _ codec: Codec) throws(BenchmarkError) -> [UInt8] {
        let path = path(valueSize, codec)
        guard let data = FileManager.default.contents(atPath: path) else { throw BenchmarkError("\(path) is gone") }
        return Array(data)
    }

    /// A letter of base 64 says six bits, so four of them stand for three random bytes.
    private static func text(_ values: RecordValues, randomShare: Double) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let randomCount = min(values.byteCount, Int((Double(values.byteCount) * randomShare * 4 / 3).rounded()))
        var generator = SystemRandomNumberGenerator()
        var lines: [UInt8] = []
        for index in 0..<values.count {
            for _ in 0..<randomCount { lines.append(letters[Int.random(in: 0..<64, using: &generator)]) }
            lines += values.arena[(index * values.byteCount + randomCount)..<((index + 1) * values.byteCount)]
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    private static func write(_ data: Data, to path: String) throws(BenchmarkError) {
        do { try data.write(to: URL(fileURLWithPath: path)) } catch { throw BenchmarkError("\(path): \(error)") }
    }
}
