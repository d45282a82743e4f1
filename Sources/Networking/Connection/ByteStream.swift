/// What carries a connection's bytes: the socket itself, or a layer above it such as TLS.
///
/// The plain socket is a case of its own instead of one conformer of a protocol: its system calls
/// stay inlined, and a read or a write costs one branch more.
enum ByteStream {
    case socket
    case layered(LayeredStream)
}

/// What a step of a layer came to.
enum StreamStep {
    /// It is done. A read or write moved so many bytes, and a read of none is the orderly end of
    /// the stream.
    case done(byteCount: Int)
    /// It must be tried again once the socket is ready for this, which may be the other direction
    /// than its own.
    case wants(PollEvents)
    /// The stream is broken.
    case failed(NetworkError)
}

/// A layer between a connection and its socket, such as TLS. It never blocks, and is used on the
/// connection's loop only.
protocol StreamLayer: AnyObject {
    /// Continues the handshake; nothing is read or written before it is done.
    func shakeHands() -> StreamStep

    /// Takes bytes out of the stream into `room`, which is not empty.
    func read(into room: UnsafeMutableRawBufferPointer) -> StreamStep

    /// Puts the first of `bytes`, which is not empty, into the stream. After a step that wants
    /// something it is called again with the same bytes, perhaps with more behind them and at
    /// another address.
    func write(_ bytes: UnsafeRawBufferPointer) -> StreamStep

    /// Tells the peer that no more comes, without waiting; the socket is closed next.
    func close()
}
