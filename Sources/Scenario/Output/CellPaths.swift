import Results
import System

/// A cell as the values of a file, every default among them.
struct CellPaths {
    /// Paths below the experiment and the text of each value, as YAML.
    private(set) var values: [[String]: String] = [:]

    init(_ cell: Cell) {
        add(cell.target)
        add(cell.topic)
        add(cell.measure, isStart: cell.workload.kind == .start)
        values[["waive"]] = "[" + cell.waive.map(\.rawValue).joined(separator: ", ") + "]"
        if !cell.expectations.isEmpty {
            values[["expect"]] = "[" + cell.expectations.map { YAMLText.value($0.text) }.joined(separator: ", ") + "]"
        }
        add(cell.gate)
        switch cell.workload {
        case .produce(let produce): add(produce)
        case .consume(let consume): add(consume, in: .consume)
        case .endToEnd(let produce, let consume):
            add(produce)
            add(consume, in: .endToEnd)
        case .start(let start): add(start)
        }
    }

    private mutating func add(_ gate: GateSpec) {
        if !gate.metrics.isEmpty {
            values[["gate", "metrics"]] = "[" + gate.metrics.map(YAMLText.value).joined(separator: ", ") + "]"
        }
        if let margin = gate.margin {
            values[["gate", "margin"]] = Quantity.share(margin).text
        } else if !gate.margins.isEmpty {
            let pairs = gate.margins.sorted { $0.key < $1.key }
            values[["gate", "margin"]] =
                "{"
                + pairs.map { "\(YAMLText.value($0.key)): \(Quantity.share($0.value).text)" }.joined(separator: ", ")
                + "}"
        }
    }

    private mutating func add(_ consume: ConsumeSpec, in use: OptionUse) {
        add(consume.clientProperties.merging(consume.properties) { $1 }, in: use, at: ["consume", "consumer"])
    }

    private mutating func add(_ options: [String: String], at path: [String]) {
        for (key, text) in options { values[path + [key]] = YAMLText.value(text) }
    }

    /// Those that have an effect, because others would be refused in a scenario.
    private mutating func add(_ options: [String: String], in use: OptionUse, at path: [String]) {
        add(use.effective(options), at: path)
    }

    private mutating func add(_ target: TargetSpec) {
        switch target {
        case .embedded(let options) where options.isEmpty: values[["target"]] = "embedded"
        case .embedded(let options): add(options, at: ["target", "embedded"])
        case .cluster(let properties): add(properties, at: ["target"])
        }
    }

    private mutating func add(_ topic: TopicSpec) {
        if let existing = topic.existing {
            values[["topic", "existing"]] = YAMLText.value(existing)
            values[["topic", "writes"]] = topic.allowsWrites ? "yes" : "no"
            return
        }
        values[["topic", "name"]] = YAMLText.value(topic.namePrefix + "*")
        values[["topic", "partitions"]] = "\(topic.partitions)"
        values[["topic", "replication.factor"]] = topic.replicationFactor.map { "\($0)" }
        add(topic.configuration, at: ["topic", "config"])
        values[["topic", "trim"]] = Self.records(topic.trimRecordCount)
        guard let preload = topic.preload else { return }
        values[["topic", "preload", "records"]] = Self.records(preload.recordCount)
        add(preload.value, at: ["topic", "preload", "value"])
        if preload.spanNs > 0 { values[["topic", "preload", "over"]] = Quantity.time(ns: preload.spanNs).text }
        add(
            preload.clientProperties.merging(preload.properties) { $1 }, in: .preload,
            at: ["topic", "preload", "producer"])
    }

    private mutating func add(_ value: ValueSpec, at path: [String]) {
        values[path + ["size"]] = Quantity.byteSize(UInt64(value.byteCount)).text
        values[path + ["random"]] = Quantity.share(value.randomShare).text
    }

    private mutating func add(_ measure: MeasureSpec, isStart: Bool) {
        if !isStart { values[["measure", "warmup"]] = Quantity.time(ns: measure.warmupNs).text }
        switch measure.extent {
        case .time(let ns): values[["measure", "for"]] = Quantity.time(ns: ns).text
        case .records(let count): values[["measure", "records"]] = Self.records(count)
        case .starts(let count): values[["measure", "starts"]] = "\(count)"
        }
        values[["measure", "invalid"]] = Quantity.share(measure.invalidShareMax).text
        values[["measure", "late"]] = Quantity.time(ns: measure.lateNs).text
        values[["measure", "foreign"]] = Quantity.share(measure.foreignShareMax).text
        values[["measure", "repeats"]] = "\(measure.repeats)"
        values[["measure", "pause"]] = Quantity.time(ns: measure.pauseNs).text
        values[["measure", "seed"]] = measure.seed.map { "\($0)" }
    }

    private mutating func add(_ produce: ProduceSpec) {
        add(produce.value, at: ["produce", "value"])
        switch produce.load {
        case .concurrency(let count): values[["produce", "load", "concurrency"]] = "\(count)"
        case .rate(let perSecond): values[["produce", "load", "rate"]] = Quantity.rate(perSecond).text
        case .unlimited: values[["produce", "load"]] = "unlimited"
        }
        switch produce.recreate {
        case .never: values[["produce", "recreate"]] = "never"
        case .producer(let count): values[["produce", "recreate", "producer"]] = Self.records(count)
        case .client(let count): values[["produce", "recreate", "client"]] = Self.records(count)
        }
        values[["produce", "producers"]] = "\(produce.producers)"
        add(
            produce.clientProperties.merging(produce.properties) { $1 }, in: OptionUse(produce),
            at: ["produce", "producer"])
    }

    private mutating func add(_ start: StartSpec) {
        values[["start", "until"]] = start.until.rawValue
        add(start.group)
        switch start.committed {
        case .nothing:
            // Of a group that is somebody's, nothing is said.
            if case .existing = start.group { break }
            values[["start", "committed"]] = "none"
        case .behind(let count): values[["start", "committed", "behind"]] = Self.records(count)
        case .behindTime(let ns): values[["start", "committed", "behind"]] = Quantity.time(ns: ns).text
        case .belowStart: values[["start", "committed"]] = "below start"
        case .aboveEnd: values[["start", "committed"]] = "above end"
        case .expired: values[["start", "committed"]] = "expired"
        case .at(let offset): values[["start", "committed", "at"]] = "\(offset)"
        }
        add(start.position)
        values[["start", "reset"]] = start.resetsOnStart ? "on start" : "never"
        add(start.clientProperties.merging(start.properties) { $1 }, in: .start, at: ["start", "consumer"])
    }

    private mutating func add(_ position: StartSpec.Position?) {
        switch position {
        case nil: break
        case .timestamp(let ms): values[["start", "at", "timestamp"]] = YAMLText.value(ISO8601.moment(ms: ms))
        case .ago(let ns): values[["start", "at", "ago"]] = Quantity.time(ns: ns).text
        case .offset(let offset): values[["start", "at", "offset"]] = "\(offset)"
        case .last(let count): values[["start", "at", "last"]] = Self.records(count)
        }
    }

    private mutating func add(_ group: StartSpec.Group) {
        switch group {
        case .new(nil): values[["start", "group"]] = "new"
        case .new(let prefix?): values[["start", "group", "name"]] = YAMLText.value(prefix + "*")
        case .groupless: values[["start", "group"]] = "none"
        case .existing(let name, let commits):
            values[["start", "group", "existing"]] = YAMLText.value(name)
            values[["start", "group", "commits"]] = commits ? "yes" : "no"
        }
    }

    private static func records(_ count: Int) -> String { Quantity.records(UInt64(count)).text }
}
