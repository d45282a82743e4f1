import BenchmarkPlan

extension Conditions {
    static let none = Conditions(
        cpuModel: "a processor", coreCount: 2, memoryBytes: 1 << 30, kernel: "Linux 6.1", operatingSystem: "Debian",
        weir: "0.1.0", kafkas: [], startedAt: "2026-01-01T00:00:00Z", seed: 1, settings: Settings(),
        timing: Timing(.bench))
}

extension BenchmarkRecord {
    /// A record with one cell; each contestant's figures are processor nanoseconds of a thousand
    /// records, one for each round.
    static func of(_ cell: Cell, _ cpuNs: [Contestant: [Int]], rounds: Int = 7) -> BenchmarkRecord {
        var record = BenchmarkRecord(profile: .bench, conditions: .none, missing: [:], skipped: [])
        record.plannedRounds[cell.id] = rounds
        for (contestant, figures) in cpuNs {
            for (index, ns) in figures.enumerated() {
                record.samples.append(
                    Sample(
                        cell: cell.id, contestant: contestant, round: index + 1, records: 1_000, payloadBytes: 100_000,
                        wallNs: 1_000_000, cpuNs: ns))
            }
        }
        return record
    }
}

let produceCell = Cell(.produce(valueSize: 100, codec: .none))
