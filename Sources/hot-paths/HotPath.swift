/// A path whose cost is guarded: what it is called, what one batch of it holds, and how to set it
/// up.
struct HotPath: Sendable {
    /// What costs are divided by.
    enum Unit: String {
        case record, value, request, response, partition

        /// Whether a batch may hold more units, so that a batch's cost can be told from a unit's.
        var isMany: Bool { self == .record || self == .value }
    }

    let name: String
    let unit: Unit
    /// Units in a batch.
    let unitCount: Int
    /// The bytes of record values in a unit; 0 where there are none or they are not counted.
    let valueByteCount: Int
    /// How often it may copy each of those bytes in user space.
    let copyCount: Int
    /// Batches in a measured window: few where a batch costs much.
    let batchCount: Int
    /// Sets up a run with batches of so many units.
    let prepare: @Sendable (_ unitCount: Int) throws -> any Course

    init(
        _ name: String, _ unit: Unit, _ unitCount: Int, valueByteCount: Int = 0, copyCount: Int = 0,
        batchCount: Int = 20,
        prepare: @escaping @Sendable (_ unitCount: Int) throws -> any Course
    ) {
        self.name = name
        self.unit = unit
        self.unitCount = unitCount
        self.valueByteCount = valueByteCount
        self.copyCount = copyCount
        self.batchCount = batchCount
        self.prepare = prepare
    }

    /// Every guarded path.
    static let all = encoding + reading + codecs + codecCalls + messages + [latencies] + endToEnd
}

/// A path that is set up.
protocol Course: AnyObject {
    /// Runs windows of so many batches, one after the other, with a call of `mark` before the
    /// first, between them, and after the last.
    func run(_ windows: [Int], mark: @escaping @Sendable () -> Void) throws
}

/// A course whose batches are calls on the caller's thread.
class CallCourse: Course {
    final func run(_ windows: [Int], mark: @escaping @Sendable () -> Void) throws {
        mark()
        for window in windows {
            for _ in 0..<window { try batch() }
            mark()
        }
    }

    /// One batch.
    func batch() throws { preconditionFailure("a course overrides this") }
}
