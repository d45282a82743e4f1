extension Scenario {
    /// The JSON Schema (draft 2020-12) of scenario files, made from the tables that validation goes
    /// by.
    ///
    /// It holds what a schema can say: keys, types, spellings, and which keys exclude each other
    /// where they stand together. What follows from merging and from combinations is left to
    /// validation.
    public static var jsonSchema: String { SchemaWriter.schema.text() + "\n" }
}

/// Turns the grammar into a JSON Schema, in which every section stands once for where its values
/// may vary and once for where not.
struct SchemaWriter {
    private typealias Context = Checker.Context

    private var definitions: [(String, JSONText)] = []

    static var schema: JSONText {
        var writer = SchemaWriter()
        let root = writer.map(Grammar.file, Context(section: "", varies: false))
        return .object(
            [
                ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                ("title", .string("A scenario of Weir's, weir: 1")),
            ] + members(root) + [
                ("required", .array(["weir", "name", "experiments"].map(JSONText.string))),
                ("$defs", .object(writer.definitions.sorted { $0.0 < $1.0 })),
            ])
    }

    private static func members(_ value: JSONText) -> [(String, JSONText)] {
        guard case .object(let pairs) = value else { return [] }
        return pairs
    }

    /// A reference to a section's definition, which is made when it is first needed.
    private mutating func reference(_ name: String, _ shape: MapShape, _ context: Context) -> JSONText {
        let name = context.varies ? name : "fixed-\(name)"
        if !definitions.contains(where: { $0.0 == name }) { definitions.append((name, map(shape, context))) }
        return .object([("$ref", .string("#/$defs/\(name)"))])
    }

    private mutating func map(_ shape: MapShape, _ context: Context) -> JSONText {
        var properties: [(String, JSONText)] = []
        for key in shape.keys {
            let value = value(key, context.inside(key.name))
            properties.append((key.name, .object([("description", .string(key.about))] + Self.members(value))))
        }
        var pairs: [(String, JSONText)] = [
            ("type", .string("object")), ("properties", .object(properties)), ("additionalProperties", .boolean(false)),
        ]
        if shape.wantsOneKey { pairs.append(("minProperties", .integer(1))) }
        let excluded = shape.exclusions.flatMap { exclusion in exclusion.others.map { [exclusion.key, $0] } }
        if !excluded.isEmpty {
            let forbidden = excluded.map { keys in
                JSONText.object([("not", .object([("required", .array(keys.map(JSONText.string)))]))])
            }
            pairs.append(("allOf", .array(forbidden)))
        }
        return .object(pairs)
    }

    private mutating func value(_ key: Key, _ context: Context) -> JSONText {
        let single = single(key, key.shape, context)
        guard key.mayVary, context.varies else { return single }
        let list = JSONText.object([
            ("type", .string("array")), ("minItems", .integer(1)), ("maxItems", .integer(Int64(Grammar.valueCountMax))),
            ("items", self.single(key, key.shape, context.fixed)),
        ])
        let each = JSONText.object([
            ("type", .string("object")), ("properties", .object([("each", list)])),
            ("required", .array([.string("each")])), ("additionalProperties", .boolean(false)),
        ])
        return .object([("anyOf", .array([single, each]))])
    }

    private mutating func single(_ key: Key, _ shape: Shape, _ context: Context) -> JSONText {
        switch shape {
        case .scalar(let scalar): return scalar.schema
        case .map(let map): return reference(key.name, map, context)
        case .choice(let words, let map):
            let word = JSONText.object([("enum", .array(words.map(JSONText.string)))])
            return .object([("anyOf", .array([word, reference(key.name, map, context)]))])
        case .named(let named): return names(named, context)
        case .list(let item): return .object([("type", .string("array")), ("items", single(key, item, context))])
        case .axisValues: return Self.axisValues
        case .margins:
            let share = Scalar.share.schema
            return .object([
                (
                    "anyOf",
                    .array([
                        share,
                        .object([
                            ("type", .string("object")), ("minProperties", .integer(1)),
                            ("additionalProperties", share),
                        ]),
                    ])
                )
            ])
        }
    }

    private mutating func names(_ named: NamedShape, _ context: Context) -> JSONText {
        .object([
            ("type", .string("object")), ("minProperties", .integer(1)),
            ("maxProperties", .integer(Int64(named.countMax))),
            ("propertyNames", .object([("pattern", .string(NamePattern.identifier.pattern))])),
            ("additionalProperties", reference(named.noun, named.shape, context)),
        ])
    }

    private static var axisValues: JSONText {
        let types = ["string", "number", "boolean", "object"].map(JSONText.string)
        let value = JSONText.object([("type", .array(types))])
        return .object([
            ("type", .string("object")), ("minProperties", .integer(1)), ("additionalProperties", value),
        ])
    }
}

extension Checker.Context {
    /// The same place where nothing may vary.
    fileprivate var fixed: Self { Self(section: section, varies: false, isCase: true) }
}

extension Scalar {
    /// The scalar as a schema.
    fileprivate var schema: JSONText {
        switch self {
        case .number(let range):
            .object([
                ("type", .string("integer")), ("minimum", .unsigned(range.lowerBound)),
                ("maximum", .unsigned(range.upperBound)),
            ])
        case .byteSize, .time, .rate, .share, .records:
            .object([("type", .string("string")), ("pattern", .string(quantity?.pattern ?? ""))])
        case .recordsOrTime:
            .object([
                ("type", .string("string")),
                ("pattern", .string("\(Quantity.Kind.records.pattern)|\(Quantity.Kind.time.pattern)")),
            ])
        case .moment: .object([("type", .string("string")), ("pattern", .string(Scalar.momentPattern))])
        case .word(let words): .object([("enum", .array(words.flatMap(JSONText.spellings)))])
        case .text(let lengthMax):
            .object([
                ("type", .array(["string", "number", "boolean"].map(JSONText.string))),
                ("maxLength", .integer(Int64(lengthMax))),
            ])
        case .name(let pattern):
            .object([
                ("type", .array(["string", "number", "boolean"].map(JSONText.string))),
                ("pattern", .string(pattern.pattern)),
            ])
        case .option(let option): option.schema
        case .expectation:
            .object([
                ("type", .string("string")), ("pattern", .string(ExpectationText.pattern)),
                ("maxLength", .integer(Int64(ExpectationText.lengthMax))),
            ])
        }
    }
}

extension KafkaOption {
    /// The option as a schema; Kafka's values are texts, so numbers may stand in quotes.
    fileprivate var schema: JSONText {
        let whole = "^(-?[1-9][0-9]*|0)$"
        switch kind {
        case .integer(let range): return Self.number("integer", range.lowerBound, range.upperBound, whole)
        case .integerOr(let other, let range):
            return .object([
                (
                    "anyOf",
                    .array([
                        Self.number("integer", range.lowerBound, range.upperBound, whole),
                        .object([("enum", .array([.integer(other), .string("\(other)")]))]),
                    ])
                )
            ])
        case .real(let range):
            return Self.number(
                "number", Int64(range.lowerBound), Int64(range.upperBound), "^(0|[1-9][0-9]*)(\\.[0-9]+)?$")
        case .boolean:
            return .object([("enum", .array([.boolean(true), .boolean(false), .string("true"), .string("false")]))])
        case .word(let words): return .object([("enum", .array(words.flatMap(JSONText.spellings)))])
        case .wordOrDuration(let words):
            let pattern = "^(\(words.joined(separator: "|"))|by_duration:[pP][0-9dDtThHmMsS.]+)$"
            return .object([("type", .string("string")), ("pattern", .string(pattern))])
        case .servers, .text: return .object([("type", .array(["string", "number", "boolean"].map(JSONText.string)))])
        }
    }

    private static func number(_ type: String, _ least: Int64, _ most: Int64, _ pattern: String) -> JSONText {
        .object([
            ("type", .array([.string(type), .string("string")])), ("minimum", .integer(least)),
            ("maximum", .integer(most)), ("pattern", .string(pattern)),
        ])
    }
}

extension JSONText {
    /// A word as the values that YAML may make of it.
    fileprivate static func spellings(_ word: String) -> [JSONText] {
        if let number = Int64(word) { return [.integer(number), .string(word)] }
        if word == "true" || word == "false" { return [.boolean(word == "true"), .string(word)] }
        return [.string(word)]
    }
}
