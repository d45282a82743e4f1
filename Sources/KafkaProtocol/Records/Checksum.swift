internal import CISAL

/// The checksums of Kafka's record formats.
public enum Checksum {
    /// CRC-32C, which covers a v2 batch from its attributes on.
    public static func crc32c(_ bytes: RawSpan) -> UInt32 {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            // The library leaves out the complements at both ends. It takes a mutable pointer but
            // does not write.
            let start = unsafe UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
            return unsafe ~crc32_iscsi(start, Int32(bytes.count), .max)
        }
    }

    /// CRC-32 as in gzip, which covers a v0 or v1 message from its magic byte on.
    public static func crc32(_ bytes: RawSpan) -> UInt32 {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe crc32_gzip_refl(0, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
        }
    }
}
