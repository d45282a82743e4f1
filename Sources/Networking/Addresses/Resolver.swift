import CLinux
import Glibc
import System

extension SocketAddress {
    /// The numeric addresses behind the host, in the order in which they should be tried.
    ///
    /// Names are looked up on a helper thread; when `deadlineNs` passes first, its answer is no
    /// longer waited for.
    public nonisolated(nonsending) func resolved(
        on loop: EventLoop, deadlineNs: UInt64
    ) async throws(NetworkError) -> [SocketAddress] {
        try await ipAddresses(on: loop, deadlineNs: deadlineNs).map { SocketAddress($0) }
    }

    init(_ address: IPAddress) { self.init(host: address.host, port: address.port) }

    nonisolated(nonsending) func ipAddresses(
        on loop: EventLoop, deadlineNs: UInt64
    ) async throws(NetworkError) -> [IPAddress] {
        if let address = IPAddress(host, port: port) { return [address] }
        loop.preconditionCurrent()
        let race = Race<[IPAddress], NetworkError>(loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                race.begin(continuation, deadlineNs: deadlineNs) { code, reason in
                    NetworkError(code, .resolve, self, reason)
                }
                HelperThreads.shared.execute {
                    // This answer is not waited for any more, and other work waits for the thread.
                    guard !race.isSettled else { return }
                    let result = lookUp()
                    loop.execute { race.finish(result) }
                }
            }
        } onCancel: {
            loop.execute { race.cancel() }
        }
        return try result.get()
    }

    /// Asks the system's resolver, which may block for long.
    private func lookUp() -> Result<[IPAddress], NetworkError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(NetworkError(.resolutionFailed, .resolve, self, Self.text(code))) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe IPAddress(copying: entry.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }

    private static func text(_ code: Int32) -> String {
        if code == EAI_SYSTEM { return Errno.last.words }
        guard let text = unsafe gai_strerror(code) else { return "error \(code)" }
        return unsafe lowercasingFirst(String(cString: text))
    }
}

extension IPAddress {
    fileprivate init?(copying entry: addrinfo) {
        guard let address = unsafe entry.ai_addr else { return nil }
        var storage = sockaddr_storage()
        let byteCount = unsafe min(Int(entry.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: byteCount))
        }
        self.init(storage)
    }
}
