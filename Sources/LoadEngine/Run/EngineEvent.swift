/// What a run tells while it goes.
public enum EngineEvent: Sendable {
    /// A topic is being made and filled before measuring.
    case preparing(experiment: String, cell: String)
    /// A repeat begins.
    case began(RepeatPlace)
    /// A repeat goes on: records so far, about five times a second.
    case progress(RepeatPlace, recordCount: Int)
    /// A repeat ended, and the result was written.
    case ended(RepeatPlace, summary: String, isValid: Bool)
    /// A cell is not measured any further, and the repeats it was still to have are not made.
    case cellEnded(experiment: String, cell: String, reason: String, notRun: Int)
    /// Something that its user should know.
    case note(String)
    /// Something doubtful that does not end the run.
    case warning(String)
}

/// Which repeat of the run it is.
public struct RepeatPlace: Sendable, Equatable {
    /// The experiment's name.
    public let experiment: String
    /// The cell, by its place on each axis.
    public let cell: String
    /// The round, from 1.
    public let round: Int
    /// How many rounds there are.
    public let rounds: Int
    /// The repeat's number in the whole run, from 1.
    public let number: Int
    /// How many repeats the whole run has.
    public let total: Int
}
