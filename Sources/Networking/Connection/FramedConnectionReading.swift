import Bytes
import Glibc
import System

extension FramedConnection {
    /// Delivers no more frames until `resumeReading()`; what the peer sends meanwhile stays in the
    /// kernel.
    public func pauseReading() {
        loop.preconditionCurrent()
        // The poller is told when it next reports something, so that pausing and resuming within a
        // turn costs nothing.
        isPaused = true
    }

    /// Delivers frames again, from the next turn on.
    public func resumeReading() {
        loop.preconditionCurrent()
        guard isPaused else { return }
        isPaused = false
        guard isOpen else { return }
        if unread != nil { loop.execute { self.readUnread() } }
        updateInterest()
    }

    /// Reads what is there, up to a bound, and delivers the frames that this completes.
    func readFrames() {
        if unread != nil { readUnread() }
        var left = limits.turnByteCountMax
        while isOpen, isReading, left > 0 {
            let (received, asked) = receive(byteCountMax: left)
            guard received != 0 else { return endOfStream() }
            guard received > 0 else {
                if received == -EINTR { continue }
                if received != -EAGAIN { fail(Errno(Int32(-received)), .read) }
                return
            }
            bytesReceived += UInt64(received)
            left -= received
            if let frame = assembler.takeWholeFrame() { deliver(frame) }
            let readAhead = loop.scratch.readAhead
            let taken = takeFrames(readAhead, from: 0)
            if isOpen, taken < readAhead.count { keep(readAhead, from: taken) }
            // The read was short, so the socket is empty: another read would only return EAGAIN.
            if received < asked { return }
        }
    }

    /// One system call: the rest of the frame under way into its own buffer, and what follows it
    /// into the loop's scratch. A negative count is the system's error number.
    private func receive(byteCountMax: Int) -> (received: Int, asked: Int) {
        if case .layered(let layered) = stream { return receive(layered, byteCountMax: byteCountMax) }
        let readAhead = loop.scratch.readAhead
        readAhead.removeAll()
        let ahead = min(assembler.readAheadByteCount, readAhead.capacity, byteCountMax)
        guard let (frame, missing) = assembler.bufferToFill() else {
            var received = 0
            unsafe readAhead.fill { room in
                received = Socket.result(unsafe recv(descriptor, room.baseAddress, ahead, 0))
                return max(received, 0)
            }
            return (received, ahead)
        }
        let room = min(missing, frame.freeCapacity, byteCountMax)
        // If the buffer has no room for the whole frame, nothing behind it is read.
        let vectorCount: Int32 = room < missing ? 1 : 2
        var received = 0
        unsafe frame.fill { target in
            unsafe readAhead.fill { scratch in
                let vectors = unsafe loop.scratch.vectors
                unsafe vectors[0] = iovec(iov_base: target.baseAddress, iov_len: room)
                unsafe vectors[1] = iovec(iov_base: scratch.baseAddress, iov_len: ahead)
                received = Socket.result(unsafe readv(descriptor, vectors.baseAddress, vectorCount))
                return max(received - room, 0)
            }
            return min(max(received, 0), room)
        }
        return (received, vectorCount == 1 ? room : room + ahead)
    }

    /// Delivers the frames in `bytes` until reading is paused, and says up to where it got.
    private func takeFrames(_ bytes: ByteBuffer, from start: Int) -> Int {
        var offset = start
        while offset < bytes.count, isOpen, isReading {
            do throws(FrameAssembler.Fault) {
                offset += try assembler.take(bytes.bytes, from: offset)
            } catch {
                fail(error, bytes, at: offset)
                return bytes.count
            }
            if let frame = assembler.takeWholeFrame() { deliver(frame) }
        }
        return offset
    }

    private func readUnread() {
        guard isOpen, isReading, let (buffer, start) = unread else { return }
        let offset = takeFrames(buffer, from: start)
        guard isOpen else { return }
        if offset < buffer.count {
            unread = (buffer, offset)
        } else {
            unread = nil
            pool.give(buffer)
        }
    }

    private func keep(_ bytes: ByteBuffer, from offset: Int) {
        let buffer = pool.take(bytes.count - offset)
        buffer.append(bytes.bytes.extracting(droppingFirst: offset))
        unread = (buffer, 0)
    }

    private func deliver(_ frame: ByteBuffer) {
        guard let onFrame else { return pool.give(frame) }
        onFrame(frame)
    }

    private func endOfStream() {
        guard !assembler.isBetweenFrames else { return finish(nil) }
        if let foreignProtocol { return finish(NetworkError(foreignProtocol, remoteAddress)) }
        fail(.closedByPeer, .read, "the peer closed the connection after \(assembler.progress)")
    }

    private func fail(_ fault: FrameAssembler.Fault, _ bytes: ByteBuffer, at offset: Int) {
        if assembler.frameCount == 0, let foreign = foreign(fault, bytes, at: offset) {
            return finish(NetworkError(foreign, remoteAddress))
        }
        let bound =
            switch fault.code {
            case .frameTooLarge: "more than the \(limits.maxFrameByteCount) allowed"
            case .frameTooSmall: "fewer than the \(limits.minFrameByteCount) expected"
            default: "which is negative"
            }
        fail(fault.code, .read, "the peer announced a frame of \(fault.announced) bytes, \(bound)")
    }

    /// What the peer speaks, by the four bytes that were taken for a length and what came with
    /// them.
    private func foreign(
        _ fault: FrameAssembler.Fault, _ bytes: ByteBuffer, at offset: Int
    ) -> ForeignProtocol? {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: fault.announced >> (24 - 8 * $0)) }
        let read = unsafe bytes.withUnsafeBytes { unsafe Array($0.dropFirst(offset).prefix(64)) }
        return ForeignProtocol(read.starts(with: length) ? read : length)
    }
}
