import BenchmarkPlan
import Foundation
import Measurement
import Results

/// Runs a profile round by round, writes what there is after each, and says how it goes.
struct BenchmarkRunner {
    let profile: Profile
    let measurer: Measurer
    let file: RecordFile
    /// No further round begins after so many seconds; nil without a limit.
    let timeLimitSeconds: Int?

    /// Runs what is not in the record yet, and returns it as it is in the end.
    func run(_ begun: BenchmarkRecord) throws(BenchmarkError) -> BenchmarkRecord {
        var record = begun
        record.isInterrupted = false
        let order = RoundOrder(seed: record.conditions.seed)
        let able = profile.groups.map { group in
            Profile.Group(rounds: group.rounds, entries: group.entries.map { $0.without(Set(record.missing.keys)) })
        }
        var progress = ProgressLines(able.filter { !isDone($0, in: record) })
        let begin = Clock.nowMs()
        for group in able where !isDone(group, in: record) {
            let cells = group.entries.map(\.cell)
            measurer.brokers.keepOnly(cells)
            record.forget(cells)
            do throws(BenchmarkError) {
                if measurer.brokers.hasColdKafka(for: cells) {
                    try warmUp(group, order)
                    measurer.brokers.setWarm(for: cells)
                }
                try run(group, order, since: begin, &record, &progress)
            } catch {
                guard Interrupts.isRequested else { throw error }
                record.isInterrupted = true
                break
            }
        }
        return try finish(record)
    }

    private func run(
        _ group: Profile.Group, _ order: RoundOrder, since beginMs: Int, _ record: inout BenchmarkRecord,
        _ progress: inout ProgressLines
    ) throws(BenchmarkError) {
        for round in 1...group.rounds {
            guard hasTime(since: beginMs) else {
                record.skipped.append("rounds from \(round) on of \(group.title): the time limit was reached")
                return
            }
            for slot in order.slots(group.entries, round: round) {
                record.plannedRounds[slot.cell.id] = group.rounds
                if record.hasGivenUp(slot) {
                    progress.skip()
                    continue
                }
                let sample = try measurer.measure(slot, round: round)
                record.enter(sample)
                progress.show(sample, slot)
            }
            try file.write(record)
        }
    }

    /// Rounds that do not count, until an Apache Kafka's processor time for the same load falls no
    /// further: then its JVM has compiled.
    private func warmUp(_ group: Profile.Group, _ order: RoundOrder) throws(BenchmarkError) {
        ProgressLines.say("warming up Apache Kafka: rounds that do not count, until its CPU falls no further")
        let quick: Set<Contestant> = [.weir, .librdkafkaDebian, .kafkaBroker]
        var settling = Settling()
        for round in 1...Settling.roundCountMax {
            for slot in order.slots(group.entries, round: -round) where quick.contains(slot.contestant) {
                settling.enter(try measurer.measure(slot, round: -round))
            }
            if settling.endRound() { return }
        }
        ProgressLines.say("its CPU was still falling after \(Settling.roundCountMax) rounds")
    }

    private func hasTime(since beginMs: Int) -> Bool {
        timeLimitSeconds.map { Clock.nowMs() - beginMs < $0 * 1000 } ?? true
    }

    /// Whether every sample of a group was made before, in a run that was broken off.
    private func isDone(_ group: Profile.Group, in record: BenchmarkRecord) -> Bool {
        group.entries.allSatisfy { entry in
            entry.contestants.allSatisfy { contestant in
                let slot = RoundOrder.Slot(cell: entry.cell, contestant: contestant)
                let own = record.samples.count { $0.cell == entry.cell.id && $0.contestant == contestant }
                return own >= group.rounds || record.hasGivenUp(slot)
            }
        }
    }

    private func finish(_ record: BenchmarkRecord) throws(BenchmarkError) -> BenchmarkRecord {
        var record = record
        record.conditions.endedAt = UTCTime.now().description
        try file.write(record)
        return record
    }
}

extension BenchmarkRecord {
    fileprivate mutating func enter(_ sample: Sample) {
        samples.append(sample)
        if sample.contestant == .weir, let version = sample.version { conditions.weir = version }
    }

    /// Whether a contestant's first two samples of a cell failed, so that no further one is made.
    fileprivate func hasGivenUp(_ slot: RoundOrder.Slot) -> Bool {
        let own = samples.filter { $0.cell == slot.cell.id && $0.contestant == slot.contestant }
        return own.count == 2 && own.allSatisfy { $0.failure != nil }
    }

    /// Drops what was measured of cells whose rounds are made anew.
    fileprivate mutating func forget(_ cells: [Cell]) {
        let ids = Set(cells.map(\.id))
        samples.removeAll { ids.contains($0.cell) }
    }
}

extension Profile.Entry {
    /// The entry without those who are not there.
    fileprivate func without(_ missing: Set<Contestant>) -> Profile.Entry {
        Profile.Entry(cell: cell, contestants: contestants.filter { !missing.contains($0) })
    }
}

extension Profile.Group {
    fileprivate var title: String { entries.count == 1 ? entries[0].cell.id : "\(entries.count) cells" }
}
