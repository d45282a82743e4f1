import Foundation
import Testing

extension EndToEnd {
    /// What a run looks like on terminals and in locales other than ours.
    @Suite struct TerminalTests {
        private static let reference = "\(WeirProcess.root)/results/reference/quickstart.json"
        private static let utf8 = ["LC_ALL": "C.UTF-8", "LANG": "", "LC_CTYPE": "", "COLUMNS": ""]

        private func show(_ environment: [String: String]) throws -> String {
            let process = try WeirProcess.run(
                ["show", Self.reference], in: NSTemporaryDirectory(),
                environment: Self.utf8.merging(environment) { $1 })
            #expect(process.exitCode == 0, "\(process.errors)")
            return process.output
        }

        /// Two short repeats of two cells, on a terminal.
        private func runOnTerminal(_ columns: Int, _ environment: [String: String]) throws -> [String] {
            let folder = try TemporaryFolder()
            let path = try folder.write(
                """
                weir: 1
                name: narrow
                measure: {warmup: 0 s, for: 500 ms, repeats: 2}
                experiments:
                  reuse:
                    produce:
                      value: {size: 10 B}
                      load: {concurrency: 1}
                      recreate: {each: [never, {producer: 1 record}]}
                      producer: {linger.ms: 0}
                """, to: "narrow.yaml")
            let process = try WeirProcess.start(
                ["run", path], in: folder.path, environment: Self.utf8.merging(environment) { $1 }, columns: columns
            ).wait()
            #expect(process.exitCode == 0, "\(process.output)")
            return process.output.components(separatedBy: "\r\n")
        }

        @Test func aNarrowTerminalGetsNarrowTablesAndALineThatNeverWraps() throws {
            let lines = try runOnTerminal(40, ["TERM": "xterm"])
            let overwritten = lines.flatMap { $0.components(separatedBy: "\r\u{1b}[2K").dropLast() }
            #expect(overwritten.filter { $0.hasPrefix("[1/4] reuse recreate=") }.count >= 2)
            // The last column stays free, as some terminals wrap there.
            #expect(overwritten.allSatisfy { $0.count < 40 }, "\(overwritten)")
            let rows = lines.filter { $0.hasPrefix("never ") || $0.hasPrefix("producer: 1 record ") }
            #expect(rows.count >= 12)
            // One column beside the axis is the least there is: its title, or a figure with both its
            // ends, may take more.
            let widest = max(40, "producer: 1 record  InitProducerId/record".count)
            #expect(rows.allSatisfy { $0.count <= widest || $0.hasSuffix(")") }, "\(rows)")
            for title in ["records/s", "p50", "InitProducerId", "CPU/record", "memory"] {
                #expect(lines.contains { $0.hasSuffix(title) || $0.contains("\(title) ") }, "\(title)")
            }
        }

        @Test(arguments: ["", "dumb"]) func aTerminalThatCannotOverwriteGetsPlainLines(kind: String) throws {
            let lines = try runOnTerminal(80, ["TERM": kind])
            #expect(!lines.contains { $0.contains("\u{1b}") || $0.contains("\r") })
            #expect(lines.filter { $0.hasPrefix("[") }.count == 4)
        }

        @Test func columnsSaysHowWideTablesAreWithoutATerminal() throws {
            // A figure with both its ends takes 26 columns beside the longest name here.
            let narrow = try show(["COLUMNS": "48"]).split(separator: "\n")
            let rows = narrow.filter { $0.hasPrefix("never ") || $0.hasPrefix("committed ") }
            #expect(rows.count > 20)
            #expect(rows.allSatisfy { $0.count <= 48 }, "\(rows)")
            for senseless in ["0", "-5", "wide", "99999999999999999999"] {
                #expect(try show(["COLUMNS": senseless]) == show([:]))
            }
        }

        @Test func noLocaleChangesANumber() throws {
            let plain = try show([:])
            #expect(plain.contains("±") && plain.contains("2,000,000"))
            for locale in ["tr_TR.UTF-8", "de_DE.utf8"] {
                #expect(try show(["LC_ALL": locale, "LC_NUMERIC": locale]) == plain)
            }
            for none in [["LC_ALL": "", "LANG": "C"], ["LC_ALL": "POSIX"], ["LC_ALL": "", "LANG": ""]] {
                let ascii = try show(none)
                #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
                #expect(ascii.contains("+-") && ascii.contains("2,000,000"))
            }
        }
    }
}
