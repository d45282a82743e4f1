import Results

/// Decides after each repeat whether its cell and the run go on; pure.
///
/// A cell that failed by the same time-out or connection error in two repeats running would only
/// wait it out again, and so would the other cells of a target that failed so in two cells. A cell
/// that a quota held back for too long in two repeats running would be held back again; other cells
/// may stay below the quota.
struct RunCourse {
    /// A cell of the run.
    struct Place: Hashable {
        let experiment: Int
        let cell: Int
    }

    /// How it goes on.
    enum Decision: Equatable {
        case goOn
        case endCell(InvalidReason)
        /// The cell ends for the first reason, and the run for the second.
        case endRun(cell: InvalidReason, run: InvalidReason)
    }

    /// The time-outs and connection errors of each cell's last repeat.
    private var faults: [Place: Set<ComparableReason>] = [:]
    /// The cells of each target that ended for one.
    private var failedCells: [String: Set<Place>] = [:]

    /// How many cells of a target may end so before the run does.
    static let failedCellCountMax = 2

    /// A repeat ended, with the reasons why it can't be trusted.
    mutating func repeatEnded(_ reasons: [InvalidReason], of cell: Place, on target: String) -> Decision {
        if let end = reasons.first(where: { [.topicGone, .notPutBack].contains($0.code) }) { return .endCell(end) }
        let before = faults[cell] ?? []
        let now = reasons.filter { $0.isAboutReach || $0.code == .throttled }
        faults[cell] = Set(now.map(ComparableReason.init))
        guard let again = now.first(where: { before.contains(ComparableReason($0)) }) else { return .goOn }
        guard again.isAboutReach else { return .endCell(again) }
        return failed(cell, on: target, again)
    }

    /// A cell could not be made ready; for any other reason than these the run ends, as it will not
    /// go away.
    mutating func openingFailed(_ reason: InvalidReason, of cell: Place, on target: String) -> Decision {
        if reason.code == .topicGone { return .endCell(reason) }
        guard reason.isAboutReach else { return .endRun(cell: reason, run: reason) }
        return failed(cell, on: target, reason)
    }

    private mutating func failed(_ cell: Place, on target: String, _ reason: InvalidReason) -> Decision {
        failedCells[target, default: []].insert(cell)
        let count = failedCells[target]?.count ?? 0
        guard count >= Self.failedCellCountMax else { return .endCell(reason) }
        let run = InvalidReason(reason.code, "\(count) cells failed at \(target), the last by: \(reason.detail)")
        return .endRun(cell: reason, run: run)
    }
}

/// A reason as two repeats can have the same: without its numbers.
private struct ComparableReason: Hashable {
    private let code: InvalidReason.Code
    private let text: String

    init(_ reason: InvalidReason) {
        code = reason.code
        // A quota is the same whatever its figures.
        text = code == .throttled ? "" : reason.detail.split(whereSeparator: \.isNumber).joined(separator: "#")
    }
}

extension InvalidReason {
    /// Whether the broker could not be reached, or not in time.
    fileprivate var isAboutReach: Bool { code == .timedOut || code == .connectionFailed }
}
