import Glibc
import LoadEngine
import Reporting
import Results
import Scenario
import Statistics

/// Everything that a gate or a calibration needs before it measures, checked.
struct GateSetup {
    let contenders: GateContenders
    let options: EngineOptions
    let plan: GatePlan
    let pairCount: Int
    let calibration: String?
    private let copies: BuildCopies
    private let split: GateSplit
    private let rowCount: Int
    /// Whether the calibration is of this scenario, so that its noise is.
    private let isCalibrated: Bool

    /// Why it cannot begin, in words for its user.
    struct Refusal: Error {
        let lines: [String]
    }

    /// The budget where none is given.
    static let budgetNsDefault: UInt64 = 600_000_000_000
    /// How many of the host's cores others may keep busy, as a share, where nobody says it.
    static let foreignShareMax = 0.1

    /// Loads the scenario for both sides, copies their programs and asks them what they are.
    init(
        _ arguments: ParsedArguments, of command: String, purpose: GateResult.Purpose, baseline: SideWords,
        candidate: SideWords
    ) throws {
        let budgetNs = try Amounts.duration("budget", arguments, of: command) ?? Self.budgetNsDefault
        let foreignShare = try Amounts.share("foreign", arguments, of: command) ?? Self.foreignShareMax
        let sliceCount = try Self.sliceCount(arguments, of: command)
        let source = try ScenarioSource(arguments)
        let scenarios = try (source.scenario(for: baseline), source.scenario(for: candidate))
        for warning in scenarios.0.warnings { Terminal.printError("\(warning) (warning)") }
        var options = EngineOptions(
            executable: RunRunner.executablePath, version: (number: Version.number, commit: Version.commit))
        options.only = arguments.all("only")
        if let path = arguments.last("command-config") {
            options.commandConfig = try CommandConfig.properties(path, of: command).filter {
                $0.key != "bootstrap.servers"
            }
        }
        self.options = options
        let known = GateResult.newestCalibration(scenario: scenarios.0.name)
        let ofScenario = known.flatMap { Calibration($0.calibration) }
        calibration = (known ?? GateResult.newestCalibration())?.path
        isCalibrated = ofScenario != nil
        // A calibration tries all lengths, about the usual one.
        let lengths =
            (purpose == .gate ? ofScenario?.lengths : nil)
            ?? [GateLength(cost: GateSlicing(sliceCount: 1).cost(of: scenarios.0))]
        rowCount = ofScenario?.rows.count ?? Self.rowCount(scenarios.0)
        let pairCountMin = GateCourse.rule.pairCountMin(rows: rowCount)
        guard
            let split = GateSplit(
                budgetNs: budgetNs, lengths: lengths, pairCountMin: pairCountMin, sliceCount: sliceCount)
        else {
            let neededNs = GateSplit.budgetNeededNs(
                lengths: lengths, pairCountMin: pairCountMin, sliceCount: sliceCount)
            throw Refusal(lines: [Self.tooSmall(budgetNs, neededNs: neededNs, pairCountMin, rowCount)])
        }
        (self.split, pairCount) = (split, split.pairCount)
        plan = GatePlan(
            budgetNs: budgetNs, sliceCount: split.sliceCount, sliceNs: split.length.sliceNs,
            foreignShareMax: foreignShare)
        copies = try BuildCopies()
        do {
            contenders = GateContenders(
                baseline: try Self.contender(baseline, scenarios.0, "a", copies),
                candidate: try Self.contender(candidate, scenarios.1, "b", copies))
            let objections = contenders.objections
            guard objections.isEmpty else { throw Refusal(lines: objections) }
        } catch {
            try copies.remove()
            throw error
        }
    }

    /// The lengths of slices that pairs have in turn.
    func lengthsNs(_ purpose: GateResult.Purpose) -> [UInt64] {
        purpose == .gate ? [plan.sliceNs] : GateSlicing.lengthsNs(of: contenders.baseline.scenario)
    }

    /// Removes the programs' copies.
    func close() {
        do throws(EngineError) { try copies.remove() } catch { Terminal.printError("warning: \(error)") }
    }

    private static func contender(
        _ words: SideWords, _ scenario: Scenario, _ letter: Character, _ copies: BuildCopies
    ) throws -> GateContender {
        let place = "\(words.name)\(words.weir.map { " (weir=\($0))" } ?? "")"
        do throws(EngineError) {
            let copy = try copies.copy(words.weir ?? RunRunner.executablePath, as: letter)
            let targets = scenario.experiments.flatMap(\.cells).map(\.target)
            let build = try BuildProbe.check(copy, startsBroker: targets.contains { $0.clusterAddress == nil })
            let clusters = Set(targets.compactMap(\.clusterAddress)).sorted()
            let side = GateSide(name: words.name, said: words.said, weir: build, clusters: clusters)
            return GateContender(side: side, scenario: scenario, executable: copy)
        } catch {
            throw Refusal(lines: ["\(place): \(error)"])
        }
    }

    /// How many figures will be judged, at most.
    private static func rowCount(_ scenario: Scenario) -> Int {
        scenario.experiments.flatMap(\.cells).map { cell in
            GatedMetric.list(cell.workload.kind.inResult, load: cell.workload.resultLoad, spec: cell.gate).count
        }.reduce(0, +)
    }

    /// The rounds of slices that are wanted; nil where the budget is to decide.
    private static func sliceCount(_ arguments: ParsedArguments, of command: String) throws(UsageError) -> Int? {
        guard let text = arguments.last("slices") else { return nil }
        guard let count = Int(text), (2...1_000).contains(count) else {
            throw UsageError(message: "\(command): --slices '\(text)' is no whole number from 2 to 1000")
        }
        return count
    }

    private static func tooSmall(_ budgetNs: UInt64, neededNs: UInt64, _ pairs: Int, _ rows: Int) -> String {
        let needed = UInt64((Double(neededNs) / 6e10).rounded(.up))
        return
            "a budget of \(TimeText.duration(ns: Double(budgetNs))) has no room for the \(pairs) pairs that "
            + "\(NumberText.counted(rows, "figure")) want before anything can be said: --budget '\(needed) min' has"
    }

    /// What is about to be done, before it is.
    func lines(_ purpose: GateResult.Purpose) -> [String] {
        let budget = TimeText.duration(ns: Double(plan.budgetNs))
        let pairNs = Double(split.length.cost.pairNs(sliceCount: plan.sliceCount))
        let pairs =
            purpose == .gate ? pairCount : min(GateCourse.calibrationPairCountMax, Int(Double(plan.budgetNs) / pairNs))
        let fitting =
            "\(contenders.baseline.scenario.name): about \(NumberText.counted(pairs, "pair")) of \(plan.sliceCount) slices "
            + "of \(GateText.lengths(lengthsNs(purpose))) a side fit \(budget) (\(TimeText.latency(ns: pairNs)) a pair)"
        let clusters = Set([contenders.baseline, contenders.candidate].flatMap(\.side.clusters)).sorted()
        let anew = clusters.map { "\($0) cannot be started anew for each pair: the verdict is about what runs there" }
        return [fitting] + (purpose == .gate ? [shown] : []) + anew
    }

    private var shown: String {
        guard let calibration else {
            return "which effect they can show is unknown: there is no calibration of this host (weir calibrate)"
        }
        guard isCalibrated else {
            return "which effect they can show is unknown: the newest calibration of this host is of another scenario "
                + "(\(calibration))"
        }
        let effect = GateCourse.rule.detectableEffect(
            deviation: split.length.noise.ofPair(sliceCount: plan.sliceCount), pairs: pairCount, rows: rowCount,
            margin: GatedMetric.timedMargin)
        let words = effect.map { "an effect of \(NumberText.significant($0 * 100)) % is found with 90 %" }
        return "\(words ?? "no effect is found reliably") by the timed figure that differs most (\(calibration))"
    }

    /// The result without any pair yet.
    func initial(_ purpose: GateResult.Purpose, seed: UInt64) -> GateResult {
        let scenario = contenders.baseline.scenario
        return GateResult(
            purpose: purpose,
            scenario: ScenarioRecord(
                name: scenario.name, about: scenario.about, path: scenario.path, written: scenario.text,
                resolved: scenario.resolvedYAML, overrides: scenario.overrides, only: options.only,
                warnings: scenario.warnings.map(\.description)),
            seed: seed, weir: BuildRecord(version: Version.number, commit: Version.commit),
            sides: [contenders.baseline.side, contenders.candidate.side], plan: plan,
            calibration: purpose == .gate ? calibration : nil)
    }
}

/// The scenario of the command line, which is read once although both sides need it.
private struct ScenarioSource {
    private let arguments: ParsedArguments
    private let input: String?

    init(_ arguments: ParsedArguments) throws {
        self.arguments = arguments
        input = arguments.operands[0] == StandardStream.name ? StandardStream.scenarioText() : nil
    }

    func scenario(for side: SideWords) throws -> Scenario {
        let (overrides, only) = (arguments.all("set") + side.sets, arguments.all("only"))
        let servers = side.target ?? arguments.last("bootstrap-servers")
        do throws(ScenarioErrors) {
            if let input {
                return try Scenario.load(
                    text: input, path: StandardStream.input, overrides: overrides, only: only, bootstrapServers: servers
                )
            }
            return try Scenario.load(
                path: arguments.operands[0], overrides: overrides, only: only, bootstrapServers: servers)
        } catch {
            throw GateSetup.Refusal(lines: ["\(error)"])
        }
    }
}
