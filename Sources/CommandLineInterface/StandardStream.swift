import Glibc
import Results
import Scenario
import System

/// `-` on the command line: standard input where something is read, standard output where it is
/// written.
enum StandardStream {
    static let name = "-"
    private static let input = "standard input"

    /// The result that stands in standard input.
    static func result() throws(ResultFileError) -> RunResult {
        try RunResult(json: bytes(countMax: RunResult.fileByteCountMax), path: input)
    }

    /// The scenario that stands in standard input.
    static func scenario(
        overrides: [String], only: [String], bootstrapServers: String?
    ) throws(ScenarioErrors) -> Scenario {
        let text = String(decoding: bytes(countMax: Scenario.byteCountMax), as: UTF8.self)
        return try Scenario.load(
            text: text, path: input, overrides: overrides, only: only, bootstrapServers: bootstrapServers)
    }

    /// What stands there, up to one byte more than the bound, by which the reader sees that it is
    /// too much.
    private static func bytes(countMax: Int) -> [UInt8] {
        // Standard input that is closed is one without anything in it.
        (try? BoundedRead.stream(STDIN_FILENO, byteCountMax: countMax)) ?? []
    }
}
