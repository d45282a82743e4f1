/// What carries a connection's bytes: the socket itself, or a layer above it such as TLS.
///
/// It is an enum, and the plain socket no conformer of a protocol, so that the socket's system calls stay inlined where
/// they are made: a read or a write costs one branch more.
enum ByteStream {
    case socket
    case layered(LayeredStream)
}

/// What a step of a layer came to.
enum StreamStep {
    /// It is done. A read or write moved so many bytes, and a read of none is the orderly end of the stream.
    case done(byteCount: Int)
    /// It must be tried again once the socket is ready for this, which may be the other direction than its own.
    case wants(PollEvents)
    /// The stream is broken.
    case failed(NetworkError)
}

/// A layer between a connection and its socket, such as TLS. It never blocks, and is used on the connection's loop only.
protocol StreamLayer: AnyObject {
    /// Goes on with the handshake; nothing is read or written before it is done.
    func shakeHands() -> StreamStep

    /// Takes bytes out of the stream into `room`, which is not empty.
    func read(into room: UnsafeMutableRawBufferPointer) -> StreamStep

    /// Puts some of `bytes`, which are not none, into the stream. A step that wants something is tried again with the
    /// same bytes, and perhaps more behind them, in memory that may lie elsewhere.
    func write(_ bytes: UnsafeRawBufferPointer) -> StreamStep

    /// Tells the peer that no more comes, as far as it takes that at once; the socket is closed next.
    func close()
}
