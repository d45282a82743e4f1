import Glibc

/// How the process's descriptors are shared out between clients and segments.
struct DescriptorBudget: Equatable {
    var segmentCount: Int
    var connectionCount: Int

    init(limit: Int) {
        segmentCount = min(max(limit / 4, 16), 4096)
        // An evicted segment stays open while a response sends from it; each connection has one
        // such response at most.
        connectionCount = max((limit - segmentCount) / 2, 16)
    }

    /// Raises the descriptors that this process may have as far as it may itself, and returns them.
    static func raiseProcessLimit() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1024 }
        let wanted = min(limit.rlim_max, rlim_t(countMax))
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            // If it is refused, the limit stays as it was.
            _ = unsafe setrlimit(resource, &limit)
            _ = unsafe getrlimit(resource, &limit)
        }
        return Int(min(limit.rlim_cur, rlim_t(countMax)))
    }

    private static let countMax = 1 << 16
}
