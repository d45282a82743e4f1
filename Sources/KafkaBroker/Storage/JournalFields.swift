import Bytes
import KafkaProtocol

extension ByteBuffer {
    /// Appends an integer big-endian, growing if need be.
    func appendInteger<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        reserve(MemoryLayout<Integer>.size)
        append { unsafe $0.append(value.bigEndian, as: Integer.self) }
    }

    /// Appends a length of 32 bits and the text's UTF-8.
    func appendText(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            appendInteger(UInt32(bytes.count))
            unsafe append(bytes.span.bytes)
        }
    }
}

extension WireReader {
    /// Reads what `appendText` wrote.
    mutating func readText() throws(WireError) -> String {
        let start = offset
        let bytes = try take(Int(try readInteger(UInt32.self)))
        guard let text = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) }) else {
            throw WireError(.invalidUTF8, at: start)
        }
        return text
    }
}
