import Results
import Scenario

/// What a run carries from repeat to repeat.
struct RunState {
    var result: RunResult
    /// The repeats that are planned, less those of cells that ended early.
    private(set) var total: Int
    var number = 0
    var course = RunCourse()
    private var ended: Set<RunCourse.Place> = []

    init(result: RunResult, total: Int) {
        self.result = result
        self.total = total
    }

    /// Whether a cell is still measured.
    func goesOn(_ place: RunCourse.Place) -> Bool { !ended.contains(place) }

    /// Ends a cell, and returns how many of its repeats are not made for it.
    mutating func end(_ place: RunCourse.Place, _ reason: InvalidReason) -> Int {
        guard ended.insert(place).inserted else { return 0 }
        let experiment = result.experiments[place.experiment]
        let left = experiment.plannedRepeats - experiment.cells[place.cell].repeats.count
        guard left > 0 else { return 0 }
        result.experiments[place.experiment].cells[place.cell].endedEarly = reason
        total -= left
        return left
    }
}
