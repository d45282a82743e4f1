/// What may stand at a place of a scenario file. Validation, the JSON Schema and `--set` all go by
/// it.
indirect enum Shape: Sendable {
    /// A single value.
    case scalar(Scalar)
    /// Known keys.
    case map(MapShape)
    /// Names of the user's own, each with the same shape under it.
    case named(NamedShape)
    /// One of some words, or a map.
    case choice(words: [String], MapShape)
    /// Any number of values of one shape.
    case list(Shape)
    /// Axes and the values they have there.
    case axisValues
    /// A share, or one for each of some metrics by their titles.
    case margins
}

/// One key of a map.
struct Key: Sendable {
    var name: String
    /// What the key says, in the schema's words.
    var about: String
    var shape: Shape
    /// Whether `{each: […]}` may stand there; never for what is a section of keys.
    var mayVary: Bool

    init(_ name: String, _ shape: Shape, _ about: String, mayVary: Bool? = nil) {
        self.name = name
        self.shape = shape
        self.about = about
        self.mayVary = mayVary ?? shape.isSingleValue
    }
}

/// A section of known keys.
struct MapShape: Sendable {
    var keys: [Key]
    /// Keys of which only one may stand; when merging, the later one takes the others' place.
    var exclusions: [Exclusion] = []
    /// Whether exactly one of the keys must stand there.
    var wantsOneKey = false
    /// Keys that say more about another and mean nothing alone.
    var companions: Set<String> = []
    /// Kafka's own section: its keys are checked against Kafka's, and the role says which.
    var role: KafkaRole?
    /// Keys that mean something, but not here or not yet, and why.
    var refused: [String: String] = [:]

    struct Exclusion: Sendable {
        var key: String
        var others: [String]
    }

    func key(_ name: String) -> Key? { keys.first { $0.name == name } }

    /// The keys that cannot stand beside a key.
    func excluded(by name: String) -> [String] {
        exclusions.flatMap { exclusion -> [String] in
            if exclusion.key == name { return exclusion.others }
            return exclusion.others.contains(name) ? [exclusion.key] : []
        }
    }
}

/// A section of the user's names.
struct NamedShape: Sendable {
    /// What a name stands for: "experiment", "case".
    var noun: String
    var shape: MapShape
    var countMax: Int
}

extension Shape {
    /// Whether one value stands there, so that `{each: […]}` can take its place.
    var isSingleValue: Bool {
        switch self {
        case .scalar, .choice: true
        case .map, .named, .list, .axisValues, .margins: false
        }
    }

    /// The keys below it, where it has any.
    var map: MapShape? {
        switch self {
        case .map(let map), .choice(_, let map): map
        case .scalar, .named, .list, .axisValues, .margins: nil
        }
    }
}
