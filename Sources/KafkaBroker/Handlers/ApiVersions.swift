import KafkaProtocol

extension BrokerCore {
    /// ApiVersions 0–4: what this broker serves, and nothing else.
    ///
    /// No features are named: a broker that finalises `transaction.version` would be sent what it
    /// does not serve.
    func apiVersions(_ request: ApiVersionsRequest, _ exchange: Exchange) {
        var response = ApiVersionsResponse()
        if exchange.version >= 3,
            !Self.isClientName(request.clientSoftwareName)
                || !Self.isClientName(request.clientSoftwareVersion)
        {
            response.errorCode = .invalidRequest
        } else {
            response.apiKeys = ServedApi.all.map(Self.range)
        }
        exchange.respond(response)
    }

    /// The answer to a version that is not served: error 35 in the layout of version 0, with the
    /// versions of this API (KIP-511).
    func refuseApiVersions(_ exchange: Exchange) {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        response.apiKeys = ServedApi.all.filter { $0.key == .apiVersions }.map(Self.range)
        exchange.respond(response, version: 0)
    }

    private static func range(_ api: ServedApi) -> ApiVersionsResponse.ApiVersion {
        var range = ApiVersionsResponse.ApiVersion()
        range.apiKey = api.key
        range.minVersion = api.versions.lowerBound
        range.maxVersion = api.versions.upperBound
        return range
    }

    /// Letters and digits, with dots and dashes between them (KIP-511).
    static func isClientName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        let isEdge = { (byte: UInt8) in (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a || byte >= 0x30 && byte <= 0x39 }
        return isEdge(first) && isEdge(last)
            && bytes.allSatisfy { isEdge($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
}
