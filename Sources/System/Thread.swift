public import Glibc

/// Starts a thread that runs `body`; the caller joins or detaches it.
public func startThread(_ body: @escaping @Sendable () -> Void) throws(Errno) -> pthread_t {
    let start = unsafe Unmanaged.passRetained(ThreadStart(body))
    var thread = pthread_t()
    let number = unsafe pthread_create(
        &thread, nil,
        { raw in
            guard let raw = unsafe raw else { return nil }
            unsafe Unmanaged<ThreadStart>.fromOpaque(raw).takeRetainedValue().body()
            return nil
        }, start.toOpaque())
    guard number == 0 else {
        unsafe start.release()
        throw Errno(number)
    }
    return thread
}

private final class ThreadStart {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
