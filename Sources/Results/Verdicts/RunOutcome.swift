/// What a run comes to, for who must act on it.
public enum RunOutcome: Sendable, Equatable {
    /// It was stopped.
    case interrupted
    /// It cannot be trusted: a check of truth failed, or nothing was measured.
    case notToBeTrusted
    /// An expectation is not met.
    case notMet
    /// It cannot be told.
    case inconclusive
    /// Everything is valid, and what was expected is met.
    case good

    /// What a result comes to with what became of its expectations.
    public init(_ result: RunResult, _ outcomes: [ExpectationOutcome]) {
        let cells = result.experiments.flatMap(\.cells)
        self =
            if result.interrupted {
                .interrupted
            } else if cells.contains(where: \.isBroken) || result.endedEarly != nil || result.isEmpty {
                .notToBeTrusted
            } else if cells.contains(where: \.hadBadConditions) {
                // Nobody may act on what was measured under them.
                outcomes.isEmpty ? .notToBeTrusted : .inconclusive
            } else if outcomes.contains(where: { $0.verdict == .notMet }) {
                .notMet
            } else if outcomes.contains(where: { $0.verdict == .inconclusive }) {
                .inconclusive
            } else {
                .good
            }
    }
}

extension InvalidReason.Code {
    /// Whether the host or a quota is at fault, and not what was measured: such repeats may be left
    /// out.
    public var isBadConditions: Bool { self == .generatorLate || self == .throttled || self == .foreignLoad }
}

extension Repeat {
    /// Whether it is invalid for what the host or a quota did, and for nothing else. Under a quota
    /// that no record came for long is its doing.
    public var hadBadConditions: Bool {
        let isThrottled = invalidReasons.contains { $0.code == .throttled }
        return !isValid && (starts?.wrongCount ?? 0) == 0
            && invalidReasons.allSatisfy { $0.code.isBadConditions || (isThrottled && $0.code == .noProgress) }
    }

    /// Whether it is invalid for what others took of the host.
    public var hadForeignLoad: Bool { invalidReasons.contains { $0.code == .foreignLoad } }
}

extension CellResult {
    /// The share of a cell's repeats that may be invalid for bad conditions, where the scenario
    /// says none.
    public static let invalidShareMaxDefault = 0.2

    /// Whether a check of truth failed in it, or it ended before its time.
    public var isBroken: Bool { endedEarly != nil || repeats.contains { !$0.isValid && !$0.hadBadConditions } }

    /// Whether more of its repeats were under bad conditions than may be.
    public var hadBadConditions: Bool {
        let count = repeats.filter(\.hadBadConditions).count
        return Double(count) > (invalidShareMax ?? Self.invalidShareMaxDefault) * Double(repeats.count)
    }
}
