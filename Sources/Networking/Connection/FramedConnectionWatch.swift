extension FramedConnection {
    /// Begins to watch for a peer that sends and receives nothing for too long.
    func watchIdleness() {
        guard let timeoutNs = limits.idleTimeoutNs else { return }
        let byteCount = bytesSent + bytesReceived
        idleTimer = loop.schedule(atNs: EventLoop.nowNs() + timeoutNs) { [weak self] in
            guard let self, isOpen else { return }
            guard bytesSent + bytesReceived == byteCount else { return watchIdleness() }
            fail(.timedOut, .read, "nothing was sent or received for \(seconds(timeoutNs))")
        }
    }

    /// Begins to watch for a peer that does not finish a frame. One timer serves all frames that
    /// begin while it runs.
    func watchFrame() {
        guard let timeoutNs = limits.frameTimeoutNs, frameTimer == nil, !assembler.isBetweenFrames else { return }
        let frameCount = assembler.frameCount
        frameTimer = loop.schedule(atNs: EventLoop.nowNs() + timeoutNs) { [weak self] in
            guard let self, isOpen else { return }
            frameTimer = nil
            // The peer is not to blame for an unfinished frame while we do not read.
            guard isReading, assembler.frameCount == frameCount, !assembler.isBetweenFrames else { return watchFrame() }
            fail(.timedOut, .read, "only \(assembler.progress) came within \(seconds(timeoutNs))")
        }
    }

    /// Begins to watch for a peer that does not end the handshake.
    func watchHandshake(_ layered: LayeredStream) {
        guard let timeoutNs = limits.frameTimeoutNs else { return }
        handshakeTimer = loop.schedule(atNs: EventLoop.nowNs() + timeoutNs) { [weak self] in
            guard let self, !layered.isOpen else { return }
            fail(.timedOut, .connect, "the handshake was not done within \(seconds(timeoutNs))")
        }
    }

    func stopWatching() {
        idleTimer?.cancel()
        frameTimer?.cancel()
        handshakeTimer?.cancel()
        idleTimer = nil
        handshakeTimer = nil
        frameTimer = nil
    }
}

/// A time in words: `5 s`, or `250 ms` where that is shorter.
private func seconds(_ timeNs: UInt64) -> String {
    timeNs % 1_000_000_000 == 0 ? "\(timeNs / 1_000_000_000) s" : "\(timeNs / 1_000_000) ms"
}
