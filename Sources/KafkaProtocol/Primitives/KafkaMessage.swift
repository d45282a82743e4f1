public import Bytes

/// A request or a response.
public protocol KafkaMessage: WireStruct {
    /// The API it belongs to.
    static var api: Api { get }
    /// How long a quota holds a client back, as a response of any API says; 0 for a request.
    var throttleTimeMs: Int32 { get }
    /// Reads every field; a requirement so that each message gets its own compiled reader.
    mutating func read(from reader: inout FieldReader) throws(WireError)
    /// Writes every field; a requirement so that each message gets its own compiled writer.
    func write(to writer: inout FieldWriter) throws(WireError)
}

/// A request, with the type of its answer.
public protocol KafkaRequest: KafkaMessage {
    /// What a broker answers.
    associatedtype Response: KafkaMessage
}

extension KafkaMessage {
    /// The number of the API.
    public static var apiKey: ApiKey { api.key }
    /// The versions that can be read and written.
    public static var versions: ClosedRange<Int16> { api.versions }

    /// No quota holds anybody back.
    public var throttleTimeMs: Int32 { 0 }

    /// Reads every field.
    public mutating func read(from reader: inout FieldReader) throws(WireError) { try code(with: &reader) }

    /// Writes every field.
    public func write(to writer: inout FieldWriter) throws(WireError) {
        var message = self
        try message.code(with: &writer)
    }

    /// Reads a message that follows its header, and leaves what comes after its last field.
    public init(parsing reader: inout WireReader, version: Int16) throws(WireError) {
        self.init()
        guard Self.versions.contains(version) else {
            throw WireError(.unsupportedVersion(apiKey: Self.apiKey.rawValue, version: version), at: reader.offset)
        }
        let isFlexible = version >= Self.api.firstFlexibleVersion
        var fields = FieldReader(reader, version: version, isFlexible: isFlexible)
        try read(from: &fields)
        reader.at = fields.offset
    }

    /// Appends the message without a header, and says where its records are to be spliced in.
    public func write(to buffer: ByteBuffer, version: Int16) throws(WireError) -> [Splice] {
        guard Self.versions.contains(version) else {
            throw WireError(.unsupportedVersion(apiKey: Self.apiKey.rawValue, version: version), at: buffer.count)
        }
        let isFlexible = version >= Self.api.firstFlexibleVersion
        var fields = FieldWriter(buffer, version: version, isFlexible: isFlexible)
        try write(to: &fields)
        return fields.splices
    }
}
