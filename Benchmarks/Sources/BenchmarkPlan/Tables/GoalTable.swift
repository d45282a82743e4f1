import Reporting

/// The table of targets.
struct GoalTable {
    let results: [GoalResult]

    func table() -> TextTable {
        var table = TextTable(
            "Targets: met where the interval's worse bound meets them",
            columns: ["cell", "figure", "beside", "target", "ratio (95 %)", "verdict"], wordColumns: 3)
        for result in results {
            table.rows.append([
                cell(result.goal), result.goal.title, beside(result), bound(result.goal),
                result.ratio.map(RatioText.text) ?? NumberText.absent, verdict(result.verdict),
            ])
        }
        return table
    }

    private func cell(_ goal: Goal) -> String {
        if case .kafka(let version) = goal.cell.broker, !goal.cell.workload.isBrokerCost {
            return "\(goal.cell.title) (Kafka \(version))"
        }
        return goal.cell.title
    }

    private func beside(_ result: GoalResult) -> String {
        switch result.goal.reference {
        case .constant(let number): NamedFigure.text(result.goal.metricName, number)
        case .contestant(let other, let addend): addend == 0 ? other.title : "\(other.title) + 1 ms"
        case .best(let candidates):
            (candidates == Contestant.librdkafka ? "better librdkafka" : "best peer")
                + (result.reference.map { " (\($0.rawValue))" } ?? "")
        }
    }

    private func bound(_ goal: Goal) -> String {
        switch goal.bound {
        case .atMost(let most): "≤ \(NumberText.significant(most))"
        case .atLeast(let least): "≥ \(NumberText.significant(least))"
        }
    }

    private func verdict(_ verdict: GoalResult.Verdict) -> String {
        switch verdict {
        case .met: "met"
        case .notMet: "not met"
        case .notMeasured(let why): "not measured: \(why)"
        }
    }
}

extension Goal {
    /// The figure's own name, where it has one.
    fileprivate var metricName: String { if case .figure(let name) = metric { name } else { "" } }
}
