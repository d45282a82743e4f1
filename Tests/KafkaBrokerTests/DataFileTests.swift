import Bytes
import Glibc
import Testing

@testable import KafkaBroker

@Suite struct DataFileTests {
    /// The largest file is bounded for a moment, far beyond what any other test writes, so that a
    /// write stops half way as on a full disk.
    @Test func takesBackAWriteThatStopsHalfWay() throws {
        try withFolder { folder in
            _ = signal(SIGXFSZ, SIG_IGN)
            let file = try DataFile(path: folder + "/f", create: true)
            let end = 1 << 40
            try file.truncate(to: end - 100)
            var old = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
            var limit = rlimit(rlim_cur: rlim_t(end), rlim_max: old.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) }
            let buffer = ByteBuffer(Array(repeating: 7, count: 300))
            let error = #expect(throws: StorageError.self) { try file.append(buffer, 0..<300, at: end - 100) }
            #expect(error?.code == .noSpace)
            #expect(try file.byteCount() == end - 100)
            try file.append(buffer, 0..<100, at: end - 100)
            #expect(try file.byteCount() == end)
        }
    }

    @Test func saysThatTheDiskIsFull() throws {
        try withFolder { folder in
            symlink("/dev/full", folder + "/f")
            let file = try DataFile(path: folder + "/f", create: true)
            let error = #expect(throws: StorageError.self) {
                try file.append(ByteBuffer(bytes("x")), 0..<1, at: 0)
            }
            #expect(error?.code == .noSpace)
            #expect(error?.description.contains(folder) == true)
        }
    }

    @Test func readsNoFurtherThanTheEnd() throws {
        try withFolder { folder in
            let file = try DataFile(path: folder + "/f", create: true)
            try file.append(ByteBuffer(bytes("hello")), 0..<5, at: 0)
            let buffer = ByteBuffer(capacity: 0)
            try file.read(100, at: 3, into: buffer)
            #expect(buffer.array == bytes("lo"))
        }
    }

    @Test func makesMissingFolders() throws {
        try withFolder { folder in
            try Files.makeDirectories(folder + "/a/b/c")
            try Files.makeDirectories(folder + "/a/b/c")
            #expect(try Files.names(in: folder + "/a/b") == ["c"])
            #expect(throws: StorageError.self) { try Files.makeDirectories("/dev/null/x") }
        }
    }
}
