internal import Measurement

// Rates, and what they cost.
extension Metric {
    /// The rates of an experiment that produces or consumes.
    static func rates(_ kind: ExperimentResult.Kind) -> [Metric] {
        let isEndToEnd = kind == .endToEnd
        let group = isEndToEnd ? "consumed" : ""
        let done = kind == .produce ? "acknowledged" : "consumed"
        let produced = Metric(
            "producedPerSecond", group: "produced", "records/s", .perSecond, better: .higher, .ratio, in: .answer,
            about: "records that were acknowledged, a second"
        ) { $0.perSecond($0.counts.acknowledged) }
        return (isEndToEnd ? [produced] : []) + [
            Metric(
                recordsPerSecond, group: group, "records/s", .perSecond, better: .higher, .ratio, in: .answer,
                isAlwaysShown: true, about: "records that were \(done), a second"
            ) { $0.perSecond($0.recordCount(kind)) },
            Metric(
                megabytesPerSecond, group: group, "MB/s", .megabytesPerSecond, better: .higher, .ratio, in: .answer,
                isAlwaysShown: true, about: "a million bytes of keys and values a second, before compression"
            ) { made in made.perSecond(made.recordByteCount(kind)).map { $0 / 1e6 } },
        ]
    }

    /// The key of the rate by which closed loops are compared.
    public static let recordsPerSecond = "recordsPerSecond"
    /// The key of the rate in bytes.
    public static let megabytesPerSecond = "megabytesPerSecond"

    /// What a record or a start took of processor, network and memory.
    static func costs(_ kind: ExperimentResult.Kind) -> [Metric] { cpu(kind) + wire(kind) + memory }

    private static func cpu(_ kind: ExperimentResult.Kind) -> [Metric] {
        let unit = kind.unit
        return [
            Metric(
                "clientCPUPer\(unit.key)", group: "client", "CPU/\(unit.name)", .nanoseconds, better: .lower, .ratio,
                in: .cost, isApartByLoad: true,
                about: "CPU time of the process with the measured client, user and system, per \(unit.name)"
            ) { $0.share(nonZero(Double($0.resources.clientCPUNs)), kind) },
            Metric(
                "clientInstructionsPer\(unit.key)", group: "client", "instructions/\(unit.name)", .one, better: .lower,
                .ratio, in: .cost, isApartByLoad: true,
                about: "instructions of the process with the measured client in user space, per \(unit.name), where "
                    + "the kernel counts them"
            ) { $0.share($0.resources.clientInstructions.map { Double($0) }, kind) },
            Metric(
                "brokerCPUPer\(unit.key)", group: "broker", "CPU/\(unit.name)", .nanoseconds, better: .lower, .ratio,
                in: .cost, about: "CPU time of the embedded broker's process, per \(unit.name)"
            ) { $0.share($0.resources.brokerCPUNs.map { Double($0) }, kind) },
        ]
    }

    private static func wire(_ kind: ExperimentResult.Kind) -> [Metric] {
        connections(kind) + (kind == .consume ? [passes] : []) + bytes(kind)
    }

    private static func connections(_ kind: ExperimentResult.Kind) -> [Metric] {
        let unit = kind.unit
        let opened = Metric(
            "connectionsOpened", group: "connections", "opened", .one, better: .lower, .count, in: .cost,
            about: "connections that the measured clients opened in the window"
        ) { Double($0.traffic.connectionsOpened) }
        let share = Metric(
            "connectionsPer\(unit.key)", group: "connections", "opened/\(unit.name)", .one, better: .lower, .ratio,
            in: kind == .start ? .cost : .none,
            about: "connections that the measured clients opened, per \(unit.name)"
        ) { $0.share(Double($0.traffic.connectionsOpened), kind) }
        return kind == .start ? [share] : [opened, share]
    }

    private static let passes = Metric(
        "passes", group: "preload", "passes", .one, better: .neither, .count, in: .cost,
        about: "how often the preload was read to its end"
    ) { $0.counts.passes.map { Double($0) } }

    private static func bytes(_ kind: ExperimentResult.Kind) -> [Metric] {
        [("Sent", "sent", \Traffic.bytesSent), ("Received", "received", \Traffic.bytesReceived)].map { way in
            let (key, word, path) = way
            let unit = kind.unit
            return Metric(
                "bytes\(key)Per\(unit.key)", group: "client bytes", "\(word)/\(unit.name)", .bytes, better: .lower,
                .ratio, in: .cost, about: "bytes that the measured clients \(word), with all that frames them"
            ) { $0.share(nonZero(Double($0.traffic[keyPath: path])), kind) }
        }
    }

    private static let memory = [
        Metric(
            "peakMemoryBytes", group: "client peak", "memory", .bytes, better: .lower, .amount, in: .cost,
            about: "the most memory that the process with the measured client held in the window"
        ) { $0.resources.peakMemoryBytes.map { Double($0) } },
        Metric(
            "brokerMemoryBytes", group: "broker", "memory", .bytes, better: .lower, .amount, in: .none,
            about: "the memory that the embedded broker held at the window's end"
        ) { $0.resources.brokerMemoryBytes.map { Double($0) } },
        Metric(
            "involuntarySwitchesPerSecond", "involuntary switches/s", .perSecond, better: .neither, .ratio, in: .none,
            about: "how often a second the processor was taken from the process with the measured client"
        ) { $0.perSecond(Int64(clamping: $0.resources.involuntarySwitches)) },
        Metric(
            "voluntarySwitchesPerSecond", "voluntary switches/s", .perSecond, better: .neither, .ratio, in: .none,
            about: "how often a second the process with the measured client gave the processor up"
        ) { $0.perSecond(Int64(clamping: $0.resources.voluntarySwitches)) },
    ]

    /// Nil for 0, which says that nothing was measured.
    private static func nonZero(_ amount: Double) -> Double? { amount == 0 ? nil : amount }
}

extension ExperimentResult.Kind {
    /// What costs are divided over: a record, or a start.
    var unit: (name: String, key: String) { self == .start ? ("start", "Start") : ("record", "Record") }
}

extension Repeat {
    /// The records that an experiment of this kind is about.
    func recordCount(_ kind: ExperimentResult.Kind) -> Int64 {
        kind == .produce ? counts.acknowledged : counts.consumed
    }

    /// Key and value bytes of those.
    func recordByteCount(_ kind: ExperimentResult.Kind) -> Int64 {
        kind == .produce ? counts.acknowledgedBytes : counts.consumedBytes
    }

    /// An amount in each second of the window; nil without a window.
    func perSecond(_ amount: Int64) -> Double? { windowNs == 0 ? nil : Double(amount) / (Double(windowNs) / 1e9) }

    /// An amount divided over the records or, where starts are measured, the starts; nil without
    /// any.
    func share(_ amount: Double?, _ kind: ExperimentResult.Kind) -> Double? {
        let divisor = kind == .start ? Int64(starts?.reachedAtNs.count ?? 0) : recordCount(kind)
        guard let amount, divisor > 0 else { return nil }
        return amount / Double(divisor)
    }
}
