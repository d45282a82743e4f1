import Foundation
import Glibc

/// The programs of both sides of a gate, copied under paths of equal length: a longer path would
/// pass for an effect in every pair.
public final class BuildCopies: Sendable {
    private let kept: KeptFolder
    private var folder: String { kept.path }

    /// An empty folder for them. Copies that a killed gate left are removed.
    public init() throws(EngineError) { kept = try KeptFolder(prefix: "weir-gate") }

    /// Copies a program for a side, which is known by one letter.
    public func copy(_ path: String, as letter: Character) throws(EngineError) -> String {
        let place = "\(folder)/\(letter)"
        do {
            // The link that this program itself is known by is followed.
            let source = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            var isFolder: ObjCBool = false
            let isThere = unsafe FileManager.default.fileExists(atPath: source, isDirectory: &isFolder)
            guard isThere, !isFolder.boolValue else {
                throw EngineError("\(path): there is no program: name the file that 'swift build' made")
            }
            guard unsafe access(source, X_OK) == 0 else { throw EngineError("\(path): may not be executed") }
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: source, toPath: "\(place)/weir")
            return "\(place)/weir"
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError("\(path): cannot be copied to \(folder): \(error.localizedDescription)")
        }
    }

    /// Removes them.
    public func remove() throws(EngineError) { try kept.remove() }
}
