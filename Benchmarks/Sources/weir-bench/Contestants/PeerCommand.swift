import BenchmarkPlan

/// How a peer is started: its words, to which a verb is put, and the options that every verb has.
struct PeerProgram {
    var words: [String]
    var options: [(name: String, value: String)] = []
}

/// A peer as a contestant: a command that prints one JSON line.
struct PeerCommand {
    let words: [String]
    let timeoutSeconds: Int

    init(_ program: PeerProgram, _ verb: String, _ options: [(name: String, value: String)], timeoutSeconds: Int) {
        words = program.words + [verb] + (program.options + options).flatMap { ["--\($0.name)", $0.value] }
        self.timeoutSeconds = timeoutSeconds
    }

    /// Runs it, and reads its line.
    func report() throws(BenchmarkError) -> PeerReport {
        let outcome = try Child(words: words, timeoutSeconds: timeoutSeconds).run()
        if let failure = outcome.failure { throw BenchmarkError(failure) }
        do { return try PeerReport(output: outcome.output) } catch { throw BenchmarkError(error.description) }
    }

    /// Runs it for what it does alone.
    func run() throws(BenchmarkError) {
        let outcome = try Child(words: words, timeoutSeconds: timeoutSeconds).run()
        if let failure = outcome.failure {
            throw BenchmarkError("\(words.prefix(2).joined(separator: " ")): \(failure)")
        }
    }
}
