internal import Glibc
internal import System

extension RunResult {
    /// The most bytes of a file that is read as a result.
    public static let fileByteCountMax = 256 << 20

    /// Reads a result, and checks that its statements agree with its data.
    public init(path: String) throws(ResultFileError) { try self.init(json: Self.bytes(of: path), path: path) }

    /// The bytes of a file that is meant as a result.
    public static func bytes(of path: String) throws(ResultFileError) -> [UInt8] {
        try ResultFileError.bytes(of: path, byteCountMax: fileByteCountMax)
    }

    /// Reads a result from JSON; `path` is what errors name.
    public init(json: [UInt8], path: String) throws(ResultFileError) {
        self = try ResultFileError.reading(path) { () throws(ResultJSON.Problem) in try ResultJSON.decode(json) }
        if let (jsonPath, what) = firstContradiction() {
            throw ResultFileError(.damaged(jsonPath: jsonPath, what: what), path: path)
        }
    }

    /// The result as JSON, as `ResultWriter` writes it.
    public func json() throws(ResultFileError) -> [UInt8] {
        do { return try ResultJSON.encode(self) } catch {
            throw ResultFileError(.notAResult("it can't be encoded: \(error)"), path: "result")
        }
    }
}

extension ResultFileError {
    /// Reads JSON; `path` is what errors name.
    static func reading<Value>(
        _ path: String, _ body: () throws(ResultJSON.Problem) -> Value
    ) throws(ResultFileError) -> Value {
        do {
            return try body()
        } catch {
            switch error {
            case .notAResult(let what): throw ResultFileError(.notAResult(what), path: path)
            case .unknownFormat(let format): throw ResultFileError(.unknownFormat(format), path: path)
            case .damaged(let jsonPath, let what):
                throw ResultFileError(.damaged(jsonPath: jsonPath, what: what), path: path)
            }
        }
    }
}

extension ResultFileError {
    /// The bytes of a file that is meant as a result; more than `byteCountMax` are too many.
    static func bytes(of path: String, byteCountMax: Int) throws(ResultFileError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try BoundedRead.file(path, byteCountMax: byteCountMax) } catch {
            throw ResultFileError(error.number == EISDIR ? .isFolder : .unreadable(errno: error.number), path: path)
        }
        guard bytes.count <= byteCountMax else {
            throw ResultFileError(.tooLarge(limit: byteCountMax), path: path)
        }
        return bytes
    }
}
