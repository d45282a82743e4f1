import Bytes

/// The header of every request.
public struct RequestHeader: Equatable, Sendable {
    /// What is asked for.
    public var apiKey: ApiKey
    /// The version whose layout request and response have.
    public var apiVersion: Int16
    /// Comes back in the response.
    public var correlationId: Int32
    /// The name that the client gives itself.
    public var clientId: String?
    /// Tagged fields of the header; no schema names any.
    public var unknownTaggedFields: [TaggedField] = []

    /// A header without tagged fields.
    public init(apiKey: ApiKey, apiVersion: Int16, correlationId: Int32, clientId: String?) {
        self.apiKey = apiKey
        self.apiVersion = apiVersion
        self.correlationId = correlationId
        self.clientId = clientId
    }

    /// Reads a header of version 1 or 2, by the API and version that it names.
    ///
    /// For an unknown API it cannot be said which of the two it is; then the tagged fields are left
    /// unread.
    public init(parsing reader: inout WireReader) throws(WireError) {
        self.init(
            apiKey: ApiKey(rawValue: try reader.readInteger()), apiVersion: try reader.readInteger(),
            correlationId: try reader.readInteger(), clientId: nil)
        var fields = FieldReader(reader, version: apiVersion, isFlexible: false)
        try code(with: &fields)
        reader.at = fields.offset
    }

    func write(to buffer: ByteBuffer) throws(WireError) {
        var header = self
        var fields = FieldWriter(buffer, version: apiVersion, isFlexible: false)
        var key = apiKey.rawValue
        try fields.integer(&key)
        try fields.integer(&header.apiVersion)
        try fields.integer(&header.correlationId)
        try header.code(with: &fields)
    }

    private mutating func code(with coder: inout some FieldCoder & ~Copyable & ~Escapable) throws(WireError) {
        // The name's length is never compact, so that any broker can read any header up to here.
        try coder.nullableString(&clientId)
        guard let api = apiKey.api else { return }
        coder.isFlexible = apiVersion >= api.firstFlexibleVersion
        try coder.tags(&unknownTaggedFields)
    }
}

/// What precedes every response.
public struct ResponseHeader: Equatable, Sendable {
    /// Whose answer it is.
    public var correlationId: Int32
    /// Tagged fields of the header; no schema names any.
    public var unknownTaggedFields: [TaggedField] = []

    /// A header without tagged fields.
    public init(correlationId: Int32) { self.correlationId = correlationId }

    /// Reads the header of a response to a request of this API and version.
    public init(parsing reader: inout WireReader, api: Api, version: Int16) throws(WireError) {
        self.init(correlationId: try reader.readInteger())
        var fields = FieldReader(reader, version: version, isFlexible: Self.isFlexible(api, version))
        try fields.tags(&unknownTaggedFields)
        reader.at = fields.offset
    }

    func write(to buffer: ByteBuffer, api: Api, version: Int16) throws(WireError) {
        var header = self
        var fields = FieldWriter(buffer, version: version, isFlexible: Self.isFlexible(api, version))
        try fields.integer(&header.correlationId)
        try fields.tags(&header.unknownTaggedFields)
    }

    /// The answer to ApiVersions is read before the versions are known, so its header never
    /// changes.
    private static func isFlexible(_ api: Api, _ version: Int16) -> Bool {
        api.key != .apiVersions && version >= api.firstFlexibleVersion
    }
}
