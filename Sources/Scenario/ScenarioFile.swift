import Glibc

/// Reads files no longer than a bound, whatever they turn out to be.
enum ScenarioFile {
    static func read(_ path: String, byteCountMax: Int) throws(ScenarioErrors) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= byteCountMax {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
        }
        throw tooLarge(path, byteCountMax: byteCountMax)
    }

    static func tooLarge(_ path: String, byteCountMax: Int) -> ScenarioErrors {
        problem(path, "longer than the \(byteCountMax / 1024) KiB that a file of this kind may have")
    }

    private static func failure(_ path: String) -> ScenarioErrors {
        problem(path, "cannot be read: \(unsafe String(cString: strerror(errno)))")
    }

    private static func problem(_ path: String, _ message: String) -> ScenarioErrors {
        ScenarioErrors(problems: [ScenarioProblem(source: path, line: nil, column: nil, message: message)])
    }
}
