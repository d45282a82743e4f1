extension Scenario {
    /// The longest file that is read.
    public static let byteCountMax = 262_144

    /// Reads, checks and resolves a scenario file.
    ///
    /// - Parameters:
    ///   - overrides: `PATH=VALUE` each, as `--set` takes them; later ones win.
    ///   - only: `EXPERIMENT` or `EXPERIMENT/CASE` each, as `--only` takes them; none takes all.
    ///   - bootstrapServers: the cluster that `--bootstrap-servers` names, which takes the place of
    ///     every target.
    /// - Throws: everything that is wrong, at once.
    public static func load(
        path: String, overrides: [String] = [], only: [String] = [], bootstrapServers: String? = nil
    ) throws(ScenarioErrors) -> Scenario {
        let bytes = try ScenarioFile.read(path, byteCountMax: byteCountMax)
        return try load(
            bytes: bytes, path: path, overrides: overrides, only: only, bootstrapServers: bootstrapServers)
    }

    /// Checks and resolves a scenario's text; `path` is what problems name as its file.
    public static func load(
        text: String, path: String = "scenario.yaml", overrides: [String] = [], only: [String] = [],
        bootstrapServers: String? = nil
    ) throws(ScenarioErrors) -> Scenario {
        try load(
            bytes: Array(text.utf8), path: path, overrides: overrides, only: only, bootstrapServers: bootstrapServers)
    }

    /// Checks and resolves a scenario's bytes.
    static func load(
        bytes: [UInt8], path: String, overrides: [String], only: [String], bootstrapServers: String?
    ) throws(ScenarioErrors) -> Scenario {
        var loader = ScenarioLoader(path: path, overrides: overrides, only: only, bootstrapServers: bootstrapServers)
        return try loader.load(bytes)
    }
}

/// The way from bytes to a scenario.
struct ScenarioLoader {
    private let path: String
    private let overrides: [String]
    private let only: [String]
    private let bootstrapServers: String?
    private var problems: Problems

    init(path: String, overrides: [String], only: [String], bootstrapServers: String?) {
        self.path = path
        self.overrides = overrides
        self.only = only
        self.bootstrapServers = bootstrapServers
        // What stands behind the sign may be a secret, so only the path is ever named.
        let sources = overrides.map { "--set \($0.prefix { $0 != "=" })" }
        problems = Problems(sources: [path] + sources + ["--only", "--bootstrap-servers"])
    }

    private var onlySource: Mark { Mark(source: overrides.count + 1, line: 0, column: 0) }
    private var serversSource: Int { overrides.count + 2 }

    mutating func load(_ bytes: [UInt8]) throws(ScenarioErrors) -> Scenario {
        guard bytes.count <= Scenario.byteCountMax else {
            throw ScenarioFile.tooLarge(path, byteCountMax: Scenario.byteCountMax)
        }
        let written = YAMLReader.read(bytes, source: 0, problems: &problems)
        if written == nil, let thrown = problems.thrown { throw thrown }
        var setter = OverrideSetter(problems: problems)
        let root = written.map { setter.apply(overrides, to: $0) }
        var checker = Checker(problems: setter.problems)
        let checked = checker.checkFile(root, at: Mark(source: 0, line: 1, column: 1))
        problems = checker.problems
        guard let checked else { throw thrown() }
        let targeted = applyServers(to: checked)
        let experiments = build(targeted, overridden: setter.written)
        if let thrown = problems.thrown { throw thrown }
        var scenario = Scenario(
            name: checked["name"]?.text ?? "", about: checked["about"]?.text, path: path,
            text: String(decoding: bytes, as: UTF8.self), overrides: overrides,
            warnings: problems.publishedWarnings, experiments: experiments)
        select(&scenario)
        if let thrown = problems.thrown { throw thrown }
        return scenario
    }

    private func thrown() -> ScenarioErrors {
        problems.thrown
            ?? ScenarioErrors(problems: [ScenarioProblem(source: path, line: 1, column: 1, message: "not a scenario")])
    }

    private mutating func build(_ root: Node, overridden: [[String]]) -> [Experiment] {
        var experiments: [Experiment] = []
        var cellCount = 0
        for entry in root["experiments"]?.entries ?? [] {
            var builder = ExperimentBuilder(
                name: entry.key, mark: entry.keyMark, file: root, node: entry.value, overridden: overridden,
                problems: problems)
            let experiment = builder.build()
            problems = builder.problems
            cellCount += builder.cellCount
            guard cellCount <= Grammar.fileCellCountMax else {
                problems.error(
                    entry.keyMark,
                    "more than \(Grammar.fileCellCountMax) cells up to here: make several files of this one")
                break
            }
            if let experiment { experiments.append(experiment) }
        }
        return experiments
    }

    private mutating func select(_ scenario: inout Scenario) {
        guard !only.isEmpty else { return }
        do {
            scenario.experiments = try Selection.select(only, from: scenario.experiments)
        } catch {
            for message in error.messages { problems.error(onlySource, message) }
        }
    }

    /// The tree with the cluster of `--bootstrap-servers` in the place of every target.
    private mutating func applyServers(to root: Node) -> Node {
        guard let bootstrapServers else { return root }
        let mark = Mark(source: serversSource, line: 0, column: 0)
        switch ServerList.check(bootstrapServers, name: "bootstrap.servers") {
        case .failure(let rejection):
            problems.error(mark, rejection.message)
            return root
        case .success(let servers):
            var replacement = TargetReplacement(servers: servers, mark: mark, problems: problems)
            let result = replacement.apply(to: root)
            problems = replacement.problems
            return result
        }
    }
}
