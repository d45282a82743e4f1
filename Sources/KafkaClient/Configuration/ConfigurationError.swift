/// Every option that is wrong in a set of properties, all at once.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One option that is wrong.
    public struct Problem: Equatable, Sendable, CustomStringConvertible {
        /// The option's name as it was given.
        public let key: String
        /// What is wrong with it and what could stand there, in words.
        public let reason: String
        /// For an unknown option: the known one that is nearest, where one is near enough.
        public let nearest: String?

        /// A wrong option.
        public init(key: String, reason: String, nearest: String? = nil) {
            self.key = key
            self.reason = reason
            self.nearest = nearest
        }

        /// The option, what is wrong, and the nearest known one.
        public var description: String {
            "\(key): \(reason)" + (nearest.map { " (did you mean '\($0)'?)" } ?? "")
        }
    }

    /// What is wrong, in the order of the options' names.
    public let problems: [Problem]

    /// An error of at least one problem.
    public init(_ problems: [Problem]) {
        self.problems = problems
    }

    /// All problems, separated by semicolons.
    public var description: String { problems.map(\.description).joined(separator: "; ") }
}
