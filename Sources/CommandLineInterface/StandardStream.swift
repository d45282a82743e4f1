import Glibc
import Results
import Scenario
import System

/// `-` on the command line: standard input where something is read, standard output where it is
/// written.
enum StandardStream {
    static let name = "-"
    static let input = "standard input"

    /// The bytes of the result that stands in standard input.
    static func resultBytes() -> [UInt8] { bytes(countMax: RunResult.fileByteCountMax) }

    /// The scenario that stands in standard input.
    static func scenario(
        overrides: [String], only: [String], bootstrapServers: String?
    ) throws(ScenarioErrors) -> Scenario {
        try Scenario.load(
            text: scenarioText(), path: input, overrides: overrides, only: only, bootstrapServers: bootstrapServers)
    }

    /// The text of a scenario that stands there.
    static func scenarioText() -> String {
        String(decoding: bytes(countMax: Scenario.byteCountMax), as: UTF8.self)
    }

    /// What stands there, up to one byte more than the bound, by which the reader sees that it is
    /// too much.
    private static func bytes(countMax: Int) -> [UInt8] {
        // Standard input that is closed is one without anything in it.
        (try? BoundedRead.stream(STDIN_FILENO, byteCountMax: countMax)) ?? []
    }
}
