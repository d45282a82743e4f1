import Glibc

/// Collects what comes out of a pipe; beyond its limit only the end is kept.
struct PipeReader {
    private let descriptor: Int32
    private let limit: Int
    private var bytes: [UInt8] = []
    private(set) var isOpen = true

    init(_ descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The first whole line, without its end.
    var firstLine: String? {
        bytes.firstIndex(of: UInt8(ascii: "\n")).map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }

    /// Waits a little for any of the pipes, and takes what has come.
    static func pollOnce(_ readers: inout [PipeReader], timeoutMs: Int32) {
        let open = readers.indices.filter { readers[$0].isOpen }
        var waits = open.map { pollfd(fd: readers[$0].descriptor, events: Int16(POLLIN), revents: 0) }
        guard poll(&waits, nfds_t(waits.count), timeoutMs) > 0 else { return }
        for (place, index) in open.enumerated() where waits[place].revents != 0 { readers[index].read() }
    }

    private mutating func read() {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { return }
        guard count > 0 else {
            isOpen = false
            return
        }
        bytes += chunk[..<count]
        if bytes.count > limit { bytes.removeFirst(bytes.count - limit) }
    }
}
