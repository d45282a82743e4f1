internal import Measurement
internal import Results

/// Whether other processes of the host took so much of it, while it was measured, that the figures
/// should not be believed.
struct ForeignLoad {
    /// How much they may take, as a share of the cores that weir may run on.
    static let shareMax = 0.1

    private let result: RunResult

    init(_ result: RunResult) { self.result = result }

    /// What is to stand above the tables.
    var lines: [String] { lines(onLocalClusters: false) + lines(onLocalClusters: true) }

    private var coreCount: Int { max(result.host.coreCount, 1) }

    private func lines(onLocalClusters isLocal: Bool) -> [String] {
        let repeats = result.experiments.flatMap(\.cells).filter { brokersHere.contains($0.broker) == isLocal }
            .flatMap(\.repeats).filter { !$0.hadForeignLoad }
        let cores = repeats.compactMap(\.othersCores)
        let limit = Self.shareMax * Double(coreCount)
        let count = cores.count { $0 > limit }
        guard let most = cores.max(), count > 0 else { return [] }
        let what = "up to \(NumberText.significant(most)) of its cores busy in \(count) of \(repeats.count) repeats"
        guard isLocal else {
            return [
                "do not believe these figures: other processes of the host kept \(what) "
                    + "(limit \(NumberText.significant(limit)), a tenth of \(coreCount))"
            ]
        }
        return [
            "processes of the host other than weir kept \(what); the cluster's brokers run on it and count as others, "
                + "so it cannot be told what else ran: believe the figures only if nothing did"
        ]
    }

    /// The names of clusters that are reached without leaving this host.
    private var brokersHere: Set<String> {
        Set(result.brokers.filter { $0.isCluster(on: result.host) }.map(\.name))
    }
}
