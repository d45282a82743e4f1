public import Bytes
import CLinux
import Glibc
import System

extension FramedConnection: TurnEnder {
    /// Bytes that wait to be handed to the kernel.
    public var queuedByteCount: Int { queue.byteCount }

    /// Queues the parts, which must form whole frames with their lengths; they are written at the
    /// end of the turn, many in one call.
    ///
    /// `onSent` is called when the last byte has been handed to the kernel: from then on the
    /// buffers are the caller's again. If the connection closes first it is not called, and nothing
    /// refers to the buffers when `onClose` is.
    public func send(_ parts: [OutputPart], onSent: (() -> Void)? = nil) {
        loop.preconditionCurrent()
        guard isOpen else { return }
        queue.append(parts, onSent: onSent)
        queued()
    }

    /// Queues everything written to `frame`, which must start with its length.
    public func send(_ frame: ByteBuffer, onSent: (() -> Void)? = nil) {
        loop.preconditionCurrent()
        guard isOpen else { return }
        queue.append(.buffer(frame), onSent: onSent)
        queued()
    }

    private func queued() {
        if queue.byteCount > drainByteCount { isAboveDrain = true }
        guard !isBlocked, !isFlushDue else { return }
        isFlushDue = true
        loop.turnEnders.append(self)
    }

    func turnEnded() {
        isFlushDue = false
        guard isOpen else { return }
        flush()
        if isOpen { updateInterest() }
    }

    /// Writes what is queued until the socket is full or the limit of a turn is reached.
    func flush() {
        var left = limits.turnByteCountMax
        var due: [() -> Void] = []
        isBlocked = false
        while isOpen, !queue.isEmpty {
            guard left > 0 else {
                isBlocked = true
                break
            }
            let (sent, asked) = write(byteCountMax: left)
            guard sent >= 0 else {
                if sent == -EINTR { continue }
                guard sent == -EAGAIN else { return fail(Errno(Int32(-sent)), .write) }
                isBlocked = true
                break
            }
            guard sent > 0 || asked == 0 else {
                return fail(.fileEndedEarly, .write, "the file ends before the region that was to be sent")
            }
            bytesSent += UInt64(sent)
            left -= sent
            queue.drop(sent, &due)
        }
        for onSent in due { onSent() }
        reportDrain()
    }

    /// One system call for what comes next. A negative count is the system's error number.
    private func write(byteCountMax: Int) -> (sent: Int, asked: Int) {
        if case .layered(let layered) = stream { return write(layered, byteCountMax: byteCountMax) }
        if let (file, start, byteCount) = queue.nextFile {
            var offset = off_t(start)
            let asked = min(byteCount, byteCountMax)
            guard asked > 0 else { return (0, 0) }
            return (Socket.result(unsafe sendfile(descriptor, file.descriptor, &offset, asked)), asked)
        }
        let vectors = unsafe loop.scratch.vectors
        let (count, byteCount, isFileNext) = unsafe queue.gather(into: vectors, byteCountMax: byteCountMax)
        guard count > 0 else { return (0, 0) }
        var message = unsafe msghdr()
        unsafe message.msg_iov = vectors.baseAddress
        unsafe message.msg_iovlen = count
        // The file's first bytes belong in the same packet.
        let flags = Int32(MSG_NOSIGNAL) | (isFileNext ? Int32(MSG_MORE) : 0)
        return (Socket.result(unsafe sendmsg(descriptor, &message, flags)), byteCount)
    }

    private func reportDrain() {
        guard isOpen else { return }
        if isAboveDrain, queue.byteCount <= drainByteCount {
            isAboveDrain = false
            onDrain?()
        }
    }
}
