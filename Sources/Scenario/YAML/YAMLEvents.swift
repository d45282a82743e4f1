import CYAML

/// libyaml's parser over one text, as values; it owns the parser's memory.
@safe final class YAMLEvents {
    /// A place as libyaml counts: from 0, in characters.
    struct Mark {
        var line: Int
        var column: Int
    }

    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, listStart, listEnd, mapStart, mapEnd
        case scalar(String, plain: Bool)
        case alias(String)
    }

    struct Event {
        var kind: Kind
        var start: Mark
        var end: Mark
        var anchor: String?
        var tag: String?
    }

    struct Problem: Error {
        var mark: Mark
        var message: String
    }

    private let text: [UInt8]
    // The parser keeps a pointer to itself and to its input, so both need an address that stays.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ text: [UInt8]) {
        self.text = text
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: max(1, text.count))
        unsafe _ = input.update(fromContentsOf: text)
        unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event; after a problem there is none.
    func next() throws(Problem) -> Event {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { unsafe yaml_event_delete(&event) }
        let start = unsafe Mark(line: event.start_mark.line, column: event.start_mark.column)
        let end = unsafe Mark(line: event.end_mark.line, column: event.end_mark.column)
        var result = Event(kind: .streamEnd, start: start, end: end)
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: result.kind = .streamStart
        case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
        case YAML_SEQUENCE_END_EVENT: result.kind = .listEnd
        case YAML_MAPPING_END_EVENT: result.kind = .mapEnd
        case YAML_ALIAS_EVENT: result.kind = .alias(unsafe Self.string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT: unsafe Self.readScalar(event, into: &result)
        case YAML_SEQUENCE_START_EVENT:
            result.kind = .listStart
            result.anchor = unsafe Self.string(event.data.sequence_start.anchor)
            result.tag = unsafe Self.string(event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            result.kind = .mapStart
            result.anchor = unsafe Self.string(event.data.mapping_start.anchor)
            result.tag = unsafe Self.string(event.data.mapping_start.tag)
        default: break
        }
        return result
    }

    private static func readScalar(_ event: yaml_event_t, into result: inout Event) {
        let scalar = unsafe event.data.scalar
        let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
        result.kind = .scalar(unsafe String(decoding: bytes, as: UTF8.self), plain: isPlain)
        result.anchor = unsafe string(scalar.anchor)
        result.tag = unsafe string(scalar.tag)
    }

    private static func string(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
        guard let bytes = unsafe bytes else { return nil }
        return unsafe String(cString: bytes)
    }

    private func problem() -> Problem {
        let said = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "not well-formed"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            return Problem(mark: mark(atByte: unsafe parser.pointee.problem_offset), message: "not UTF-8 text: \(said)")
        }
        if unsafe parser.pointee.error == YAML_MEMORY_ERROR {
            return Problem(mark: Mark(line: 0, column: 0), message: "out of memory while reading")
        }
        let place = unsafe parser.pointee.problem_mark
        let mark = Mark(line: place.line, column: place.column)
        var message = "YAML: \(said)"
        if said.contains("cannot start any token"), startsWithTab(line: mark.line) {
            message = "a tab indents this line: YAML indents by spaces"
        } else if let context = unsafe parser.pointee.context {
            message += " (\(unsafe String(cString: context)))"
        }
        return Problem(mark: mark, message: message)
    }

    private func mark(atByte offset: Int) -> Mark {
        let before = text.prefix(offset)
        let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count
        return Mark(line: before.count { $0 == 10 }, column: column)
    }

    private func startsWithTab(line: Int) -> Bool {
        let lines = text.split(separator: 10, omittingEmptySubsequences: false)
        guard line < lines.count else { return false }
        return lines[line].prefix { $0 == 32 || $0 == 9 }.contains(9)
    }
}
