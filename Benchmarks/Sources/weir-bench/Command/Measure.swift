import BenchmarkPlan
import Foundation
import Measurement
import Results

/// `weir-bench quick|bench|full`.
enum Measure {
    static func run(_ name: Profile.Name, _ arguments: Arguments) throws(BenchmarkError) -> Int32 {
        let tools = try Tools(
            root: arguments.root, weir: arguments.weir, kafkaHomes: try kafkaHomes(arguments))
        let profile = Profile(
            name, kafkas: tools.kafkas.map(\.version), rounds: arguments.rounds, only: arguments.only)
        guard !profile.groups.isEmpty else { throw BenchmarkError("no cell's id contains what --only says") }
        let file = RecordFile(path: arguments.out ?? defaultPath(name, root: arguments.root))
        let record = try begin(profile, tools, arguments, file)
        let folder = try TemporaryFolder.make("weir-bench")
        defer { TemporaryFolder.remove(folder) }
        let settings = record.conditions.settings
        let brokers = BrokerPool(tools: tools, partitions: settings.partitions)
        defer { brokers.stop() }
        let payloads = try PayloadFiles(
            folder: folder, seed: record.conditions.seed, randomShare: settings.randomShare, valueSizes: [100, 1024])
        let fills = BatchFill(
            tools: tools, settings: settings,
            requests: PeerRequests(settings: settings, timing: profile.timing, payloads: payloads))
        let measurer = Measurer(
            tools: tools, brokers: brokers, settings: settings, timing: profile.timing, payloads: payloads,
            fills: fills, folder: folder, seed: record.conditions.seed)
        let done = try BenchmarkRunner(
            profile: profile, measurer: measurer, file: file, timeLimitSeconds: arguments.timeLimitSeconds
        ).run(record)
        return try finish(done, name, file, arguments)
    }

    /// The record of a run that was broken off, or a new one.
    private static func begin(
        _ profile: Profile, _ tools: Tools, _ arguments: Arguments, _ file: RecordFile
    ) throws(BenchmarkError) -> BenchmarkRecord {
        // Of all the profile's cells, whichever are chosen, so that a later run may choose others.
        let whole = Profile(profile.name, kafkas: tools.kafkas.map(\.version))
        let missing = tools.missing(among: Set(whole.groups.flatMap(\.entries).flatMap(\.contestants)))
        for (contestant, why) in missing.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            ProgressLines.say("\(contestant.title): \(why)")
        }
        let skipped = skipped(profile.name, tools)
        for line in skipped { ProgressLines.say("skipped: \(line)") }
        let new = BenchmarkRecord(
            profile: profile.name, conditions: try conditions(profile, tools, arguments), missing: missing,
            skipped: skipped, only: arguments.only)
        guard profile.name == .full, !arguments.restarts, let begun = try file.read() else { return new }
        let asked = [
            arguments.seed.flatMap { $0 == begun.conditions.seed ? nil : "seed \(begun.conditions.seed)" },
            arguments.partitions.flatMap {
                $0 == begun.conditions.settings.partitions ? nil : "\(begun.conditions.settings.partitions) partitions"
            },
        ].compactMap(\.self)
        if let other = begun.difference(from: new) ?? asked.first {
            throw BenchmarkError("\(file.path) was begun with \(other): say --restart to begin anew")
        }
        ProgressLines.say("going on with \(file.path): \(begun.samples.count) samples are there")
        return begun
    }

    private static func conditions(
        _ profile: Profile, _ tools: Tools, _ arguments: Arguments
    ) throws(BenchmarkError) -> Conditions {
        var settings = Settings()
        if let partitions = arguments.partitions { settings.partitions = partitions }
        let host = HostDescription.current()
        return Conditions(
            cpuModel: host.cpuModel, coreCount: host.coreCount, memoryBytes: host.memoryBytes, kernel: host.kernel,
            operatingSystem: host.operatingSystem, weir: try version(of: tools.weir),
            kafkas: tools.kafkas.map(\.version), startedAt: UTCTime.now().description,
            seed: arguments.seed ?? UInt64.random(in: 0..<(1 << 53)), settings: settings, timing: profile.timing)
    }

    private static func skipped(_ name: Profile.Name, _ tools: Tools) -> [String] {
        tools.kafkas.isEmpty
            ? [
                "everything beside Apache Kafka: neither KAFKA_HOMES nor KAFKA_HOME names one (its broker's CPU\(name == .full ? ", all its cells" : ""))"
            ]
            : []
    }

    private static func version(of weir: String) throws(BenchmarkError) -> String {
        let outcome = try Child(words: [weir, "version"], timeoutSeconds: 20).run()
        if let failure = outcome.failure { throw BenchmarkError("\(weir) version: \(failure)") }
        return outcome.output.split(separator: "\n").first.map { String($0.drop { $0 != " " }.dropFirst()) }
            ?? "unknown"
    }

    private static func kafkaHomes(_ arguments: Arguments) throws(BenchmarkError) -> [String] {
        if let homes = arguments.kafkaHomes { return homes }
        let environment = ProcessInfo.processInfo.environment
        guard let listed = environment["KAFKA_HOMES"] else {
            return environment["KAFKA_HOME"].flatMap { $0.isEmpty ? nil : [$0] } ?? []
        }
        return listed.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A full run has one name until it is complete, so that it is found again.
    private static func defaultPath(_ name: Profile.Name, root: String) -> String {
        let folder = "\(root)/results/benchmarks"
        return name == .full ? "\(folder)/full.json" : "\(folder)/\(name.rawValue)-\(UTCTime.now().compact).json"
    }

    private static func finish(
        _ record: BenchmarkRecord, _ name: Profile.Name, _ file: RecordFile, _ arguments: Arguments
    ) throws(BenchmarkError) -> Int32 {
        var file = file
        if name == .full, !record.isInterrupted, arguments.out == nil {
            file = try file.move(to: "full-\(UTCTime.now().compact).json")
        }
        let report = BenchmarkReport(record)
        print(arguments.isMarkdown ? report.markdown : report.console)
        print("record: \(file.path) (to see it again: weir-bench show \(file.path))")
        if record.isInterrupted { return 130 }
        return record.samples.contains { $0.failure != nil } ? 1 : 0
    }
}
