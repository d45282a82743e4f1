import System

/// Where the time of one course of requests went: spans in, gaps out.
///
/// It knows nothing of who measured the spans. Its gaps follow each other without overlap from the
/// beginning to the end, so that they sum to the whole; where several spans were under way at once,
/// the gap names all of them.
public struct Waterfall: Sendable, Equatable {
    /// Whose time a span or a gap is.
    public enum Cause: String, Sendable, Codable, CaseIterable {
        /// The client's own: it works, or waits by its own rules.
        case client
        /// A request and its answer, name look-up and connecting among them.
        case exchange
        /// The broker lets an answer wait on purpose: a rebalance delay, a pending assignment, a
        /// long poll.
        case brokerWait = "broker wait"
    }

    /// One thing that was under way, in nanoseconds on any clock.
    public struct Span: Sendable, Equatable, Codable {
        /// What it was, such as `Metadata` or `first Fetch`.
        public var name: String
        /// When it began.
        public var beginNs: UInt64
        /// When it ended.
        public var endNs: UInt64
        /// Whose time it is.
        public var cause: Cause

        /// A span; one that ends before it begins is empty.
        public init(_ name: String, _ beginNs: UInt64, _ endNs: UInt64, _ cause: Cause = .exchange) {
            (self.name, self.beginNs, self.endNs, self.cause) = (name, beginNs, max(beginNs, endNs), cause)
        }
    }

    /// A stretch in which the same spans were under way, in nanoseconds since the beginning.
    public struct Gap: Sendable, Equatable {
        /// The spans under way, in the order in which they began; none where nothing was.
        public var names: [String]
        /// What begins next, where nothing was under way; nil at the end.
        public var next: String?
        /// Whose time it is.
        public var cause: Cause
        /// When it begins.
        public var beginNs: UInt64
        /// When it ends.
        public var endNs: UInt64

        /// How long it is.
        public var ns: UInt64 { endNs.since(beginNs) }
        /// What it is called: the names of its spans, or what it comes before.
        public var title: String {
            names.isEmpty ? next.map { "before \($0)" } ?? "to the end" : names.joined(separator: " + ")
        }
    }

    /// From the beginning to the end.
    public let totalNs: UInt64
    /// The gaps in their order; none is empty, and each begins where the one before ends.
    public let gaps: [Gap]

    /// The waterfall of what was under way from `beginNs` to `endNs`; of spans that reach beyond,
    /// the part between counts.
    public init(_ spans: [Span], from beginNs: UInt64, to endNs: UInt64) {
        let endNs = max(beginNs, endNs)
        totalNs = endNs.since(beginNs)
        var kept: [Span] = []
        for span in spans {
            let (first, last) = (max(span.beginNs, beginNs), min(span.endNs, endNs))
            if first < last { kept.append(Span(span.name, first, last, span.cause)) }
        }
        kept.sort { ($0.beginNs, $0.endNs, $0.name) < ($1.beginNs, $1.endNs, $1.name) }
        let edges = Set(kept.flatMap { [$0.beginNs, $0.endNs] } + [beginNs, endNs]).sorted()
        var gaps: [Gap] = []
        for (first, last) in zip(edges, edges.dropFirst()) {
            let gap = Self.gap(kept, first, last, beginNs)
            if let before = gaps.last, before.names == gap.names, before.next == gap.next, before.cause == gap.cause {
                gaps[gaps.count - 1].endNs = gap.endNs
            } else {
                gaps.append(gap)
            }
        }
        self.gaps = gaps
    }

    private static func gap(_ spans: [Span], _ first: UInt64, _ last: UInt64, _ originNs: UInt64) -> Gap {
        let active = spans.filter { $0.beginNs <= first && $0.endNs >= last }
        var names: [String] = []
        for name in active.map(\.name) where !names.contains(name) { names.append(name) }
        return Gap(
            names: names, next: active.isEmpty ? spans.first { $0.beginNs >= last }?.name : nil,
            cause: cause(of: active), beginNs: first.since(originNs), endNs: last.since(originNs))
    }

    /// While any answer is under way that the broker does not hold back, the time is that answer's.
    private static func cause(of spans: [Span]) -> Cause {
        if spans.contains(where: { $0.cause == .exchange }) { return .exchange }
        return spans.contains { $0.cause == .brokerWait } ? .brokerWait : .client
    }

    /// The gaps of one cause together.
    public func ns(of cause: Cause) -> UInt64 { gaps.filter { $0.cause == cause }.map(\.ns).reduce(0, +) }
}

extension Waterfall {
    /// The waterfall of milestones, of which each ends what came before it: one gap for each that
    /// was reached, named after it. Times are nanoseconds since the beginning and never fall.
    public init(milestones names: [String], reachedAtNs: [UInt64?], waits: Set<String> = []) {
        var spans: [Span] = []
        var lastNs: UInt64 = 0
        for (name, atNs) in zip(names, reachedAtNs) {
            guard let atNs, atNs >= lastNs else { continue }
            spans.append(Span(name, lastNs, atNs, waits.contains(name) ? .brokerWait : .exchange))
            lastNs = atNs
        }
        self.init(spans, from: 0, to: lastNs)
    }
}
