import Networking
import Scenario

/// What a run is told beside its scenario.
public struct EngineOptions: Sendable {
    /// This program: its subcommands `broker` and `agent` are the embedded broker and the load
    /// generator.
    public var executable: String
    /// What tells this run's topics and groups from all others.
    public var runId = RunId()
    /// What the run has made on clusters and not removed yet.
    public let belongings = Belongings()
    /// Connection properties from `--command-config`; their values are neither stored nor printed.
    public var commandConfig: [String: String] = [:]
    /// What the user calls this run.
    public var labels: [String: String] = [:]
    /// What was selected by `--only`.
    public var only: [String] = []
    /// The seed given on the command line.
    public var seed: UInt64?
    /// The version and the commit of this Weir.
    public var version: (number: String, commit: String)

    /// Where load is generated.
    var generation = Generation.agent

    enum Generation: Sendable {
        /// By an agent, a process of its own for each experiment.
        case agent
        /// By the engine's own process.
        case inProcess
    }

    /// A generator for one experiment, or for one instance of it.
    func generator(of instance: CellInstance?, on loop: EventLoop) -> any LoadGenerator {
        switch generation {
        case .agent: AgentProcess(executable: instance?.executable ?? executable)
        case .inProcess: InProcessLoadGenerator(loop: loop)
        }
    }

    /// Options with defaults for all but this program and its version.
    public init(executable: String, version: (number: String, commit: String)) {
        self.executable = executable
        self.version = version
    }
}
