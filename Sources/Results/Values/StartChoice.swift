/// Which policy a cell's starts follow, and which state they meet, in words: what a reset strategy
/// is chosen by.
public struct StartChoice: Codable, Sendable, Hashable {
    /// What says where a start begins, such as `earliest` or `reset: on start, latest`.
    public var policy: String
    /// The state of group and log, such as `committed 1000 records behind the end`.
    public var condition: String

    /// A choice.
    public init(policy: String, condition: String) { (self.policy, self.condition) = (policy, condition) }
}
