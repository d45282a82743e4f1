public import Results
import System

extension StartSpec {
    /// Its policy and the state that it meets, in words.
    public var choice: StartChoice { StartChoice(policy: policyWords, condition: conditionWords) }

    private var policyWords: String {
        let policy = properties["auto.offset.reset"] ?? "latest"
        switch position {
        case .timestamp(let ms): return "at \(ISO8601.moment(ms: ms))"
        case .ago(let ns): return "at \(Quantity.time(ns: ns).text) ago"
        case .offset(let offset): return "at offset \(offset), else \(policy)"
        case .last(let count): return "at the last \(Quantity.records(UInt64(count)).text)"
        case nil: return resetsOnStart ? "reset: on start, \(policy)" : policy
        }
    }

    private var conditionWords: String {
        switch (group, committed) {
        case (.groupless, _): "no group"
        case (.existing(let name, _), .nothing): "what group '\(name)' has committed"
        case (.new, .nothing): "nothing committed"
        case (_, .behind(let count)): "committed \(Quantity.records(UInt64(count)).text) behind the end"
        case (_, .behindTime(let ns)): "committed \(Quantity.time(ns: ns).text) behind the end"
        case (_, .at(let offset)): "committed at offset \(offset)"
        case (_, .belowStart): "committed below the log's start"
        case (_, .aboveEnd): "committed above the log's end"
        case (_, .expired): "the commits expired"
        }
    }
}
