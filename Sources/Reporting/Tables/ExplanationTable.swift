internal import Measurement
internal import Results
internal import Statistics

// What explains the figures of any experiment: processor, connections, bytes, memory.
extension SectionBuilder {
    /// What a record, or a start, cost.
    func explanationTable() -> Table? {
        let columns =
            cpuColumns + [
                Column(group: "broker", title: "CPU/\(unitName)", key: "brokerCPUPer\(unitKey)"),
                isStart
                    ? Column(group: "connections", title: "opened/start", key: "connectionsPerStart")
                    : Column(group: "connections", title: "opened", key: "connectionsOpened"),
                Column(group: "preload", title: "passes", key: "passes"),
                Column(group: "client, on the wire", title: "sent/\(unitName)", key: "bytesSentPer\(unitKey)"),
                Column(
                    group: "client, on the wire", title: "received/\(unitName)",
                    key: "bytesReceivedPer\(unitKey)"),
                Column(group: "codec", title: "stored", key: "codecsStored", isText: true),
                Column(group: "client's peak", title: "memory", key: "peakMemoryBytes"),
            ]
        return table("what it cost", columns) { cell in
            let kind = experiment.kind
            return cpuEntries(cell) + [
                cell.median(.nanoseconds) { share($0.resources.brokerCPUNs.map { Double($0) }, $0) },
                cell.median(.amount) {
                    let opened = Double($0.traffic.connectionsOpened)
                    return isStart ? share(opened, $0) : opened
                },
                kind == .consume ? cell.median(.amount) { $0.counts.passes.map { Double($0) } } : .nothing,
                cell.median(.bytes) { share(nonZero($0.traffic.bytesSent), $0) },
                cell.median(.bytes) { share(nonZero($0.traffic.bytesReceived), $0) },
                codecEntry(cell.cell),
                cell.median(.bytes) { $0.resources.peakMemoryBytes.map { Double($0) } },
            ]
        }
    }

    private var isStart: Bool { experiment.kind == .start }
    private var unitKey: String { isStart ? "Start" : "Record" }
    private var unitName: String { isStart ? "start" : "record" }

    /// One column for each kind of load: the CPU of an open loop is never set beside a closed loop's.
    private var cpuLoads: [Load.Kind?] {
        var kinds: [Load.Kind?] = []
        for kind in cells.map(\.cell.load?.kind) where !kinds.contains(kind) { kinds.append(kind) }
        return kinds
    }

    private var cpuColumns: [Column] {
        cpuLoads.map { load in
            let group = cpuLoads.count > 1 ? "client, \(load.map(\.words) ?? "no load")" : "client"
            let suffix = cpuLoads.count > 1 ? ".\(load.map(\.rawValue) ?? "none")" : ""
            return Column(
                group: group, title: "CPU/\(unitName)", key: "clientCPUPer\(unitKey)\(suffix)")
        }
    }

    private func cpuEntries(_ cell: CellFigures) -> [Entry] {
        cpuLoads.map { load in
            guard cell.cell.load?.kind == load else { return .nothing }
            return cell.median(.nanoseconds) { share(nonZero(Int64(clamping: $0.resources.clientCPUNs)), $0) }
        }
    }

    /// An amount divided over the records or the starts; nil without any.
    private func share(_ amount: Double?, _ made: Repeat) -> Double? {
        let starts = made.starts.map { $0.reachedAtNs.count } ?? 0
        let divisor = isStart ? Double(starts) : Double(made.records(experiment.kind))
        guard let amount, divisor > 0 else { return nil }
        return amount / divisor
    }

    /// Nothing where nothing was measured.
    private func nonZero(_ amount: Int64) -> Double? { amount == 0 ? nil : Double(amount) }

    private func codecEntry(_ cell: CellResult) -> Entry {
        let codecs = unique(cell.repeats.compactMap(\.reconciliation).flatMap { $0.codecsStored.keys.sorted() })
        return codecs.isEmpty ? .nothing : .text(codecs.joined(separator: ", "))
    }
}

extension Load.Kind {
    /// What people call it.
    var words: String { self == .unlimited ? "unlimited" : "\(rawValue) loop" }
}
