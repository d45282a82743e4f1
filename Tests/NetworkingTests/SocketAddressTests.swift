import Networking
import Testing

@Suite(.timeLimit(.minutes(5))) struct SocketAddressTests {
    @Test(arguments: [
        ("localhost:9092", "localhost", 9092), ("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:65535", "::1", 65535),
        ("broker-1.example.org:09092", "broker-1.example.org", 9092), ("[2001:db8::1]:1", "2001:db8::1", 1),
    ])
    func parses(text: String, host: String, port: UInt16) throws {
        let address = try SocketAddress(parsing: text)
        #expect(address == SocketAddress(host: host, port: port))
        #expect(try SocketAddress(parsing: address.description) == address)
    }

    @Test(arguments: [
        ("localhost", "\"localhost\": the port is missing; write host:port, e.g. localhost:9092"),
        ("localhost:", "\"localhost:\": the port is missing; write host:port, e.g. localhost:9092"),
        (":9092", "\":9092\": the host is missing; write host:port"),
        ("", "\"\": the host is missing; write host:port"),
        ("[::1]", "\"[::1]\": the port is missing; write host:port, e.g. [::1]:9092"),
        ("::1:9092", "\"::1:9092\": an IPv6 address is written in brackets: [::1]:9092"),
        ("[::1:9092", "\"[::1:9092\": the ']' is missing; write [address]:port"),
        ("[localhost]:9092", "\"[localhost]:9092\": \"localhost\" is not an IPv6 address"),
        ("[::1]9092", "\"[::1]9092\": after ']' comes ':' and the port"),
        ("host:65536", "\"host:65536\": \"65536\" is not a port between 0 and 65535"),
        ("host:+1", "\"host:+1\": \"+1\" is not a port between 0 and 65535"),
        ("a b:1", "\"a b:1\": not a host name: at most 255 bytes without spaces"),
    ])
    func explainsWhatIsWrong(text: String, reason: String) {
        let error = #expect(throws: NetworkError.self) { try SocketAddress(parsing: text) }
        #expect(error?.code == .invalidAddress)
        #expect(error?.description == reason)
    }

    @Test func resolvesNamesAndNumbers() async throws {
        try await onLoop { home in
            let deadlineNs = lateNs()
            let numbers = SocketAddress(host: "192.0.2.7", port: 5)
            #expect(try await numbers.resolved(on: home.loop, deadlineNs: deadlineNs) == [numbers])
            let found = try await SocketAddress(host: "localhost", port: 5).resolved(
                on: home.loop, deadlineNs: deadlineNs)
            #expect(found.contains(SocketAddress(host: "127.0.0.1", port: 5)))
            #expect(Set(found).count == found.count)
        }
    }

    @Test func anUnknownNameIsNamedWithItsPhase() async throws {
        try await onLoop { home in
            let address = SocketAddress(host: "no-such-host.invalid", port: 9092)
            let error = await #expect(throws: NetworkError.self) {
                try await address.resolved(on: home.loop, deadlineNs: lateNs())
            }
            #expect(error?.code == .resolutionFailed || error?.code == .timedOut)
            #expect(error?.description.hasPrefix("no-such-host.invalid:9092: resolve: ") == true)
        }
    }

    @Test func aLookUpThatIsTooSlowIsGivenUp() async throws {
        try await onLoop { home in
            let address = SocketAddress(host: "localhost", port: 9092)
            let error = await #expect(throws: NetworkError.self) {
                try await address.resolved(on: home.loop, deadlineNs: 1)
            }
            // Timers that are due come before what another thread hands over.
            #expect(error?.code == .timedOut)
            #expect(error?.description == "localhost:9092: resolve: no answer within the time allowed")
        }
    }
}
