import CHotPaths
import Glibc

/// Why the program ends early.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Runs one guarded path for `Guards/check`, which knows what the columns mean.
@main
enum Program {
    private static let usage = "usage: hot-paths list | hot-paths run PATH | hot-paths count PATH"

    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            let line = Array("hot-paths: \(error)\n".utf8)
            _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        switch (arguments.first, arguments.count) {
        case ("list", 1): list()
        case ("run", 2): try measure(try path(arguments[1]))
        case ("count", 2): try count(try path(arguments[1]))
        default: throw Failure(usage)
        }
    }

    private static func path(_ name: String) throws -> HotPath {
        guard let path = HotPath.all.first(where: { $0.name == name }) else {
            throw Failure("there is no path '\(name)'; hot-paths list shows them")
        }
        return path
    }

    private static func list() {
        for path in HotPath.all {
            print(
                path.name, path.unit, path.unitCount, path.batchCount, path.valueByteCount, path.copyCount,
                separator: "\t")
        }
    }

    /// Runs the path as often as it is measured, with `mark` at each edge of a window: for batches
    /// of its size and, where there are many units in one, of twice that.
    ///
    /// A warm-up, then two windows, the second with twice the batches: their difference is the cost
    /// of the first window's batches without that of a window.
    private static func run(_ path: HotPath, mark: @escaping @Sendable () -> Void) throws {
        for unitCount in path.unit.isMany ? [path.unitCount, 2 * path.unitCount] : [path.unitCount] {
            let course = try path.prepare(unitCount)
            try course.run([path.batchCount, path.batchCount, 2 * path.batchCount], mark: mark)
        }
    }

    /// For callgrind, which dumps what it has counted at each mark.
    private static func measure(_ path: HotPath) throws {
        try run(path) { hot_paths_mark() }
    }

    /// Prints what was counted up to each mark.
    private static func count(_ path: HotPath) throws {
        guard hot_paths_can_count() else {
            throw Failure("count wants the library of Guards/call-counts.c in LD_PRELOAD")
        }
        let counts = Counts()
        try run(path) { counts.note() }
        for edge in counts.edges { print(edge.allocations, edge.copied_bytes, separator: "\t") }
    }
}

/// What was counted at each edge of the windows; written by one thread at a time.
private final class Counts: @unchecked Sendable {
    private(set) var edges: [hot_paths_counts] = []

    init() { edges.reserveCapacity(8) }

    func note() { edges.append(hot_paths_count()) }
}
