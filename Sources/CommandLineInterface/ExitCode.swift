/// How the program ends, for scripts.
enum ExitCode {
    /// Everything that was measured can be trusted.
    static let valid: Int32 = 0
    /// Something cannot be trusted, or failed.
    static let failed: Int32 = 1
    /// The command line or the scenario is wrong.
    static let usage: Int32 = 2
    /// An expectation is not met, or the compared side is worse.
    static let notMet: Int32 = 3
    /// It cannot be told.
    static let inconclusive: Int32 = 4
    /// Stopped by the user.
    static let interrupted: Int32 = 130
}
