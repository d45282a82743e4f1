import Bytes
import Glibc

/// A layer over a connection's socket, and what it waits for.
final class LayeredStream {
    private let layer: any StreamLayer
    /// The handshake is done.
    private(set) var isOpen = false
    /// Why the stream is broken.
    private(set) var failure: NetworkError?
    private var handshakeWants: PollEvents = [.readable, .writable]
    private var readWants = PollEvents.readable
    private var writeWants = PollEvents.writable
    /// The layer may hold bytes that the socket announces no more.
    private(set) var mayHoldBytes = false
    /// The connection will read again without being told by the socket.
    var isReadDue = false

    init(_ layer: any StreamLayer) { self.layer = layer }

    /// What the socket is to be watched for.
    func wanted(isReading: Bool, isBlocked: Bool) -> PollEvents {
        guard isOpen else { return handshakeWants }
        return (isReading ? readWants : []).union(isBlocked ? writeWants : [])
    }

    /// Whether reading may go on after these events.
    func canRead(after events: PollEvents) -> Bool { !events.isDisjoint(with: readWants.union([.failed, .hungUp])) }

    /// Whether writing may go on after these events.
    func canWrite(after events: PollEvents) -> Bool { !events.isDisjoint(with: writeWants) }

    /// Continues the handshake; false while it is not done, or has failed.
    func shakeHands() -> Bool {
        switch layer.shakeHands() {
        case .done:
            isOpen = true
            // The layer may have read bytes behind the handshake.
            mayHoldBytes = true
        case .wants(let events): handshakeWants = events
        case .failed(let error): failure = error
        }
        return isOpen
    }

    /// Reads like the system call: a count, or an error number as a negative one.
    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        switch unsafe layer.read(into: room) {
        case .done(let byteCount):
            readWants = .readable
            mayHoldBytes = byteCount > 0
            return byteCount
        case .wants(let events):
            readWants = events
            mayHoldBytes = false
            return -Int(EAGAIN)
        case .failed(let error): return fail(error)
        }
    }

    /// Writes like the system call: a count, or an error number as a negative one.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard isOpen else { return -Int(EAGAIN) }
        // A write that waited for the peer has read from the socket, perhaps more than it needed.
        if writeWants.contains(.readable) { mayHoldBytes = true }
        switch unsafe layer.write(bytes) {
        case .done(let byteCount):
            writeWants = .writable
            return byteCount
        case .wants(let events):
            writeWants = events
            return -Int(EAGAIN)
        case .failed(let error): return fail(error)
        }
    }

    func close() { layer.close() }

    private func fail(_ error: NetworkError) -> Int {
        failure = error
        return -Int(EPROTO)
    }
}

extension FramedConnection {
    /// Continues what the events allow, in either direction.
    func ready(_ events: PollEvents, _ layered: LayeredStream) {
        if !layered.isOpen, !layered.shakeHands() {
            if let failure = layered.failure { return finish(failure) }
            if !events.isDisjoint(with: [.failed, .hungUp]) { return fail(socketError, .connect) }
            return updateInterest()
        }
        if isReading, layered.canRead(after: events) || layered.mayHoldBytes {
            readFrames()
            if isOpen { watchFrame() }
        } else if !events.isDisjoint(with: [.failed, .hungUp]) {
            return fail(socketError, queue.isEmpty ? .read : .write)
        }
        if isOpen, isBlocked, layered.canWrite(after: events) { flush() }
        if isOpen { updateInterest() }
    }

    /// Reads on in another job of the loop, if the layer may hold what the socket will not
    /// announce.
    func readHeldBytes(_ layered: LayeredStream) {
        guard layered.isOpen, layered.mayHoldBytes, isReading, !layered.isReadDue else { return }
        layered.isReadDue = true
        loop.execute {
            guard self.isOpen, case .layered(let layered) = self.stream else { return }
            layered.isReadDue = false
            self.ready([], layered)
        }
    }

    /// One read of the layer, into the frame under way or else into the loop's scratch. It asks for
    /// no more than comes, so that whoever reads goes on until there is nothing.
    func receive(_ layered: LayeredStream, byteCountMax: Int) -> (received: Int, asked: Int) {
        let readAhead = loop.scratch.readAhead
        readAhead.removeAll()
        let (target, missing) = assembler.bufferToFill() ?? (readAhead, readAhead.capacity)
        var received = 0
        unsafe target.fill { room in
            let wanted = min(missing, room.count, byteCountMax)
            received = unsafe layered.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<wanted]))
            return max(received, 0)
        }
        return (received, max(received, 0))
    }

    /// One write to the layer. Bytes of a file pass through the loop's scratch.
    func write(_ layered: LayeredStream, byteCountMax: Int) -> (sent: Int, asked: Int) {
        if let (file, start, byteCount) = queue.nextFile {
            let chunk = loop.scratch.readAhead
            chunk.removeAll()
            let asked = min(byteCount, byteCountMax, chunk.capacity)
            guard asked > 0 else { return (0, 0) }
            var read = 0
            unsafe chunk.fill { room in
                read = Socket.result(unsafe pread(file.descriptor, room.baseAddress, asked, off_t(start)))
                return max(read, 0)
            }
            guard read > 0 else { return (read, asked) }
            return (unsafe chunk.withUnsafeBytes { unsafe layered.write($0) }, asked)
        }
        let vectors = unsafe loop.scratch.vectors
        let (count, _, _) = unsafe queue.gather(into: vectors, byteCountMax: byteCountMax)
        guard count > 0 else { return (0, 0) }
        let bytes = unsafe UnsafeRawBufferPointer(start: vectors[0].iov_base, count: vectors[0].iov_len)
        return (unsafe layered.write(bytes), bytes.count)
    }
}
