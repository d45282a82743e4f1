import Foundation
import Testing

/// Texts that a person has read and found right; `WEIR_WRITE_GOLDEN=1` writes them anew, to be read
/// again.
enum Golden {
    static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if ProcessInfo.processInfo.environment["WEIR_WRITE_GOLDEN"] == "1" {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            return
        }
        let url = Bundle.module.bundleURL.appendingPathComponent("Golden/\(name)")
        let golden = try String(contentsOf: url, encoding: .utf8)
        guard text != golden else { return }
        let lines = zip(text.split(separator: "\n"), golden.split(separator: "\n"))
        let first = lines.first { $0.0 != $0.1 }.map { "\n  now:    \($0.0)\n  golden: \($0.1)" } ?? " (its length)"
        Issue.record("\(name) differs:\(first)\n\n\(text)", sourceLocation: sourceLocation)
    }
}
