import Foundation

/// A folder under `TMPDIR` that is removed with everything in it.
enum TemporaryFolder {
    /// Makes a folder with a name of its own.
    static func make(prefix: String) throws(EngineError) -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(prefix)-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw EngineError(
                "no temporary folder \(url.path) for the embedded broker's data (TMPDIR says where): \(error)")
        }
        return url.path
    }

    /// Removes it, if it is still there.
    static func remove(_ path: String) throws(EngineError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw EngineError("the temporary folder \(path) was left behind: \(error.localizedDescription)")
        }
    }
}
