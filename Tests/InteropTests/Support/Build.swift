import Foundation

/// Where things are.
enum Build {
    /// The folder of the package.
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The folder of the test bundle, where executables are too.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// The executable beside the test bundle, or the one that WEIR names.
    static let weir = ProcessInfo.processInfo.environment["WEIR"] ?? products + "/weir"

    /// Whether something that is missing must fail the tests (CI=true).
    static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
}
