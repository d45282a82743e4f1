import Results
import System

/// Resolves one cell: defaults filled in, and what cannot go together found.
struct CellBuilder {
    let tree: Node
    let experiment: String
    /// The experiment's place, for problems of what is missing.
    let mark: Mark
    /// Whether the experiment has a cell that others are compared with.
    let hasBaseline: Bool
    /// Whether the experiment says what is gated, and not the file.
    let hasOwnGate: Bool
    var problems: Problems
    var ineffective: IneffectiveOptions

    init(
        tree: Node, experiment: String, mark: Mark, hasBaseline: Bool, hasOwnGate: Bool, problems: Problems,
        ineffective: IneffectiveOptions
    ) {
        self.tree = tree
        self.experiment = experiment
        self.mark = mark
        self.hasBaseline = hasBaseline
        self.hasOwnGate = hasOwnGate
        self.problems = problems
        self.ineffective = ineffective
    }

    var root: CellReader { CellReader(tree) }

    /// The cell, or nothing when something about it is wrong.
    mutating func build(axes: [AxisValue]) -> Cell? {
        let topic = topic()
        let produce = root["produce"].isAbsent ? nil : produce()
        let consume = root["consume"].isAbsent ? nil : consume()
        let start = root["start"].isAbsent ? nil : start()
        checkKind()
        let measure = measure(isStart: !root["start"].isAbsent)
        guard let measure, let topic else { return nil }
        let draft = CellDraft(
            target: target(), topic: topic, produce: produce ?? nil, consume: consume, start: start)
        checkTogether(draft)
        guard let workload = draft.workload else { return nil }
        return Cell(
            axes: axes, target: draft.target, topic: topic, measure: measure, workload: workload, waive: waive(),
            expectations: expectations(of: workload, repeats: measure.repeats), gate: gate(of: workload),
            baselineCell: nil)
    }

    private mutating func checkKind() {
        let hasStart = !root["start"].isAbsent
        let hasOther = !root["produce"].isAbsent || !root["consume"].isAbsent
        if hasStart && hasOther {
            problems.error(
                root["start"].mark ?? mark, "start is measured alone: produce or consume cannot stand beside it")
        }
        if !hasStart && !hasOther && !tree.isDamaged {
            problems.error(mark, "experiment \(experiment) measures nothing: it takes produce, consume, both, or start")
        }
    }

    private func target() -> TargetSpec {
        let target = root["target"]
        if target["bootstrap.servers"].isAbsent { return .embedded(configuration: target["embedded"].options) }
        var properties = target.options
        for option in KafkaOption.connection {
            if let standard = option.standard, properties[option.name] == nil { properties[option.name] = standard }
        }
        return .cluster(properties: properties)
    }

    private mutating func topic() -> TopicSpec? {
        let topic = root["topic"]
        let preload = topic["preload"].isAbsent ? nil : preload(topic["preload"])
        if !topic["preload"].isAbsent, preload == nil { return nil }
        return TopicSpec(
            existing: topic["existing"].text, allowsWrites: topic["writes"].text == "yes",
            namePrefix: String((topic["name"].text ?? "*").dropLast()),
            partitions: topic["partitions"].count ?? 1, replicationFactor: topic["replication.factor"].count,
            configuration: topic["config"].options, preload: preload, trimRecordCount: topic["trim"].count ?? 0)
    }

    private mutating func preload(_ preload: CellReader) -> PreloadSpec? {
        let properties = producer(preload["producer"])
        let value = value(preload, "preload", codecAt: codec(preload["producer"]))
        guard let records = required(preload, "records", "preload", "an amount like 1000 records")?.count, let value
        else {
            return nil
        }
        checkRoom(value, properties, preload)
        noteEffects(preload["producer"], properties, in: .preload)
        return PreloadSpec(
            recordCount: records, value: value, properties: KafkaOption.own(properties, .producer),
            clientProperties: KafkaOption.client(properties, .producer), spanNs: preload["over"].ns ?? 0)
    }

    private mutating func produce() -> ProduceSpec? {
        let produce = root["produce"]
        let properties = producer(produce["producer"])
        let value = value(produce, "produce", codecAt: codec(produce["producer"]))
        let load = load(produce)
        guard let value, let load else { return nil }
        checkRoom(value, properties, produce)
        let recreate = recreate(produce["recreate"])
        let producers = produce["producers"].count ?? 1
        noteProducers(producers, recreate, load)
        noteWaits(load, properties, produce)
        let spec = ProduceSpec(
            value: value, load: load, recreate: recreate, producers: producers,
            properties: KafkaOption.own(properties, .producer),
            clientProperties: KafkaOption.client(properties, .producer), said: said(produce["producer"], properties))
        noteEffects(produce["producer"], properties, in: OptionUse(spec))
        return spec
    }

    private mutating func consume() -> ConsumeSpec {
        let properties = consumer(root["consume"]["consumer"])
        noteEffects(root["consume"]["consumer"], properties, in: root["produce"].isAbsent ? .consume : .endToEnd)
        return ConsumeSpec(
            properties: KafkaOption.own(properties, .consumer),
            clientProperties: KafkaOption.client(properties, .consumer),
            said: said(root["consume"]["consumer"], properties))
    }

    /// The names of the options that the scenario said and that are kept.
    private func said(_ section: CellReader, _ properties: [String: String]) -> [String] {
        section.options.keys.filter { properties[$0] != nil }.sorted()
    }

    private mutating func load(_ produce: CellReader) -> LoadSpec? {
        let choices = "unlimited, {concurrency: …} or {rate: …}"
        guard let load = required(produce, "load", "produce", choices) else { return nil }
        if load.text == "unlimited" { return .unlimited }
        if let count = load["concurrency"].count { return .concurrency(count) }
        return load["rate"].perSecond.map { .rate(perSecond: $0) }
    }

    private func recreate(_ recreate: CellReader) -> RecreateSpec {
        if let count = recreate["producer"].count { return .producer(afterRecords: count) }
        if let count = recreate["client"].count { return .client(afterRecords: count) }
        return .never
    }

    /// A record's content; where there is a codec the incompressible share must be stated, because
    /// figures depend on it.
    private mutating func value(_ parent: CellReader, _ section: String, codecAt codec: (Mark, String)?) -> ValueSpec? {
        guard let value = required(parent, "value", section, "{size: 100 B}") else { return nil }
        let size = required(value, "size", "value", "a size like 100 B or 1 KiB")?.count
        if let (mark, name) = codec, value["random"].isAbsent, !value.isDoubtful {
            problems.error(
                mark, "\(name) needs \(section): {value: {random: …}}, the part of a record that cannot be compressed")
        }
        return size.map { ValueSpec(byteCount: $0, randomShare: value["random"].share ?? 1) }
    }

    /// The place and the words of a codec that is set, by the producer or by the topic.
    private func codec(_ producer: CellReader) -> (Mark, String)? {
        let topic = root["topic"]["config"]["compression.type"]
        for (option, plain) in [(producer["compression.type"], ["none"]), (topic, ["producer", "uncompressed"])] {
            if let text = option.text, let mark = option.mark, !plain.contains(text) {
                return (mark, "compression.type \(text)")
            }
        }
        return nil
    }

    private mutating func start() -> StartSpec {
        let start = root["start"]
        let properties = consumer(start["consumer"])
        noteEffects(start["consumer"], properties, in: .start)
        return StartSpec(
            until: start["until"].text.flatMap(StartSpec.End.init) ?? .firstRecord,
            group: group(start["group"]), committed: committed(start["committed"]),
            resetsOnStart: start["reset"].text == "on start",
            properties: KafkaOption.own(properties, .consumer),
            clientProperties: KafkaOption.client(properties, .consumer), said: said(start["consumer"], properties),
            position: position(start["at"]))
    }

    private func committed(_ committed: CellReader) -> StartSpec.Committed {
        if let records = committed["behind"].count { return .behind(records: records) }
        if let ns = committed["behind"].ns { return .behindTime(ns: ns) }
        if let offset = committed["at"].number { return .at(offset: Int64(offset)) }
        switch committed.text {
        case "below start": return .belowStart
        case "above end": return .aboveEnd
        case "expired": return .expired
        default: return .nothing
        }
    }

    private func position(_ position: CellReader) -> StartSpec.Position? {
        if let text = position["timestamp"].text { return ISO8601.momentMs(text).map { .timestamp(ms: $0) } }
        if let ns = position["ago"].ns { return .ago(ns: ns) }
        if let offset = position["offset"].number { return .offset(Int64(offset)) }
        return position["last"].count.map { .last(records: $0) }
    }

    private func group(_ group: CellReader) -> StartSpec.Group {
        if group.text == "none" { return .groupless }
        if let name = group["existing"].text { return .existing(name: name, commits: group["commits"].text == "yes") }
        return .new(prefix: group["name"].text.map { String($0.dropLast()) })
    }

    private func waive() -> [Waiver] {
        let names = (root["waive"].node?.items ?? []).compactMap(\.text)
        return Waiver.allCases.filter { names.contains($0.rawValue) }
    }

    /// What must hold, each checked against the metrics that this workload has.
    private mutating func expectations(of workload: Workload, repeats: Int) -> [Expectation] {
        (root["expect"].node?.items ?? []).compactMap { line in
            guard let text = line.text, case .success(let expectation) = ExpectationText.read(text) else { return nil }
            if let objection = expectation.objection(in: workload, hasBaseline: hasBaseline) {
                problems.error(line.mark, "expect: \(objection)")
            } else if repeats < expectation.valueCountMin(in: workload.kind.inResult) {
                problems.warn(
                    line.mark,
                    "expect: '\(expectation.text)' cannot be told from \(repeats) of at least "
                        + "\(Expectation.valueCountMin) values: write measure: {repeats: 10}")
            }
            return expectation
        }
    }

    private mutating func measure(isStart: Bool) -> MeasureSpec? {
        let measure = root["measure"]
        guard let extent = extent(measure, isStart: isStart) else { return nil }
        return MeasureSpec(
            warmupNs: isStart ? 0 : measure["warmup"].ns ?? 2_000_000_000, extent: extent,
            repeats: measure["repeats"].count ?? 5, pauseNs: measure["pause"].ns ?? 0, seed: measure["seed"].number,
            invalidShareMax: measure["invalid"].share ?? CellResult.invalidShareMaxDefault,
            lateNs: measure["late"].ns ?? MeasureSpec.lateNsDefault,
            foreignShareMax: measure["foreign"].share ?? ForeignLoadRule.shareMaxDefault)
    }

    private mutating func extent(_ measure: CellReader, isStart: Bool) -> MeasureSpec.Extent? {
        for key in isStart ? ["for", "records", "warmup"] : ["starts"] where !measure[key].isAbsent {
            let instead =
                isStart ? "a start takes 'starts', of which one more is discarded first" : "it takes 'for' or 'records'"
            problems.error(
                measure[key].mark ?? mark,
                "'\(key)' does not measure \(isStart ? "a start" : "what is produced or consumed"): \(instead)")
            return nil
        }
        if measure.isDoubtful { return nil }
        if let records = measure["records"].count { return .records(records) }
        if isStart { return .starts(measure["starts"].count ?? 100) }
        return .time(ns: measure["for"].ns ?? 10_000_000_000)
    }

    /// A value that has no default.
    private mutating func required(
        _ parent: CellReader, _ key: String, _ section: String, _ wanted: String
    ) -> CellReader? {
        guard parent[key].isAbsent else { return parent[key] }
        if parent.node?.isDamaged == false {
            problems.error(parent.mark ?? mark, "\(section) has no '\(key)': write \(key): \(wanted)")
        }
        return nil
    }
}

/// A cell whose parts are resolved and not yet held against each other: of its workloads any may
/// stand beside any.
struct CellDraft {
    let target: TargetSpec
    let topic: TopicSpec
    let produce: ProduceSpec?
    let consume: ConsumeSpec?
    let start: StartSpec?

    /// What it measures; nil where that makes no sense, which has been said.
    var workload: Workload? {
        switch (produce, consume, start) {
        case (let produce?, let consume?, nil): .endToEnd(produce, consume)
        case (let produce?, nil, nil): .produce(produce)
        case (nil, let consume?, nil): .consume(consume)
        case (nil, nil, let start?): .start(start)
        default: nil
        }
    }
}
