/// What a scenario says of the gate: which metrics it judges, and how far each may move.
public struct GateSpec: Sendable, Codable, Equatable {
    /// The metrics by the titles that tables show; empty for the usual ones.
    public var metrics: [String]
    /// How far every metric may move, such as 0.03; none for the usual margins.
    public var margin: Double?
    /// How far a metric may move, by its title; goes before `margin`.
    public var margins: [String: Double]

    /// What was said; nothing unless given.
    public init(metrics: [String] = [], margin: Double? = nil, margins: [String: Double] = [:]) {
        (self.metrics, self.margin, self.margins) = (metrics, margin, margins)
    }
}
