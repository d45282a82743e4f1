import KafkaProtocol

extension ApiVersionsResponse {
    /// The versions by API; entries that contradict themselves are left out.
    var ranges: [ApiKey: ClosedRange<Int16>] {
        var ranges: [ApiKey: ClosedRange<Int16>] = [:]
        for entry in apiKeys where entry.minVersion <= entry.maxVersion {
            ranges[entry.apiKey] = entry.minVersion...entry.maxVersion
        }
        return ranges
    }
}
