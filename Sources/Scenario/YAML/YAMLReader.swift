/// Reads one YAML document by libyaml's events into nodes; what scenarios do without is an error
/// with its place.
struct YAMLReader {
    static let depthMax = 32
    static let nodeCountMax = 50_000

    private let events: YAMLEvents
    private let source: Int
    private var nodeCount = 0
    private(set) var problems: Problems

    /// Ends the reading after its reason was noted.
    private struct Stop: Error {}

    /// The document's root, or nothing when it is empty or not well-formed; what is wrong is added
    /// to `problems`.
    static func read(_ text: [UInt8], source: Int, problems: inout Problems) -> Node? {
        // A byte order mark says nothing more than that the text is UTF-8.
        let text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
        var reader = YAMLReader(events: YAMLEvents(text), source: source, problems: problems)
        defer { problems = reader.problems }
        return try? reader.readDocument()  // its reason was noted where it was thrown
    }

    private init(events: YAMLEvents, source: Int, problems: Problems) {
        self.events = events
        self.source = source
        self.problems = problems
    }

    private mutating func readDocument() throws(Stop) -> Node? {
        var root: Node?
        while true {
            let event = try next()
            switch event.kind {
            case .streamStart, .documentEnd: continue
            case .streamEnd: return root
            case .documentStart where root != nil:
                throw stop(event.start, "a second document: a scenario file holds one")
            case .documentStart: root = try node(try next(), depth: 1)
            default: throw stop(event.start, "no YAML document")
            }
        }
    }

    private mutating func node(_ event: YAMLEvents.Event, depth: Int) throws(Stop) -> Node {
        nodeCount += 1
        guard depth <= Self.depthMax else {
            throw stop(event.start, "nested more than \(Self.depthMax) deep")
        }
        guard nodeCount <= Self.nodeCountMax else {
            throw stop(event.start, "more than \(Self.nodeCountMax) values")
        }
        noteDecorations(of: event)
        switch event.kind {
        case .alias(let name):
            problems.error(place(event.start), "alias '*\(name)': write the value where it is used")
            return Node(.invalid, mark: place(event.start), end: place(event.end))
        case .scalar(let text, let plain):
            return Node(.scalar(text, plain: plain), mark: place(event.start), end: place(event.end))
        case .listStart: return try list(from: event, depth: depth)
        case .mapStart: return try map(from: event, depth: depth)
        default: throw stop(event.start, "no YAML value")
        }
    }

    private mutating func list(from start: YAMLEvents.Event, depth: Int) throws(Stop) -> Node {
        var items: [Node] = []
        while true {
            let event = try next()
            if case .listEnd = event.kind {
                return Node(.list(items), mark: place(start.start), end: place(event.end))
            }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func map(from start: YAMLEvents.Event, depth: Int) throws(Stop) -> Node {
        var entries: [Node.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mapEnd = event.kind {
                return Node(.map(entries), mark: place(start.start), end: place(event.end))
            }
            let key = try node(event, depth: depth + 1)
            let value = try node(try next(), depth: depth + 1)
            guard let name = key.text else {
                if !key.isInvalid { problems.error(key.mark, "a key must be plain text") }
                continue
            }
            if let line = lines[name] {
                problems.error(key.mark, "'\(name)' stands here twice (first in line \(line))")
                continue
            }
            lines[name] = key.mark.line
            entries.append(Node.Entry(key: name, keyMark: key.mark, value: value))
        }
    }

    private mutating func noteDecorations(of event: YAMLEvents.Event) {
        if let anchor = event.anchor {
            problems.error(place(event.start), "anchor '&\(anchor)': write the value where it is used")
        }
        if let tag = event.tag {
            problems.error(place(event.start), "tag '\(tag)': a scenario has no tags")
        }
    }

    private mutating func next() throws(Stop) -> YAMLEvents.Event {
        do {
            return try events.next()
        } catch {
            throw stop(error.mark, error.message)
        }
    }

    private mutating func stop(_ mark: YAMLEvents.Mark, _ message: String) -> Stop {
        problems.error(place(mark), message)
        return Stop()
    }

    private func place(_ mark: YAMLEvents.Mark) -> Mark {
        Mark(source: source, line: mark.line + 1, column: mark.column + 1)
    }
}
