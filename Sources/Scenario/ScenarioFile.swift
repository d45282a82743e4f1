import System

/// Reads files no longer than a bound, whatever they turn out to be.
enum ScenarioFile {
    static func read(_ path: String, byteCountMax: Int) throws(ScenarioErrors) -> [UInt8] {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try BoundedRead.file(path, byteCountMax: byteCountMax)
        } catch {
            throw problem(path, "cannot be read: \(error.text)")
        }
        guard bytes.count <= byteCountMax else { throw tooLarge(path, byteCountMax: byteCountMax) }
        return bytes
    }

    static func tooLarge(_ path: String, byteCountMax: Int) -> ScenarioErrors {
        problem(path, "longer than the \(byteCountMax / 1024) KiB that a file of this kind may have")
    }

    private static func problem(_ path: String, _ message: String) -> ScenarioErrors {
        ScenarioErrors(problems: [ScenarioProblem(source: path, line: nil, column: nil, message: message)])
    }
}
