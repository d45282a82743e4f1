import KafkaCompression
import KafkaProtocol
import Networking
import Synchronization
import Testing

@testable import KafkaClient

/// What an address turns out to be that is no plain Kafka listener, and what the error says of it.
@Suite(.timeLimit(.minutes(5))) struct DiagnosisTests {
    /// What a port sends when it gets a request, and words that the error must hold.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sent: [UInt8]
        let words: [String]
    }

    static let plain = "PLAINTEXT"
    static let cases: [Case] = [
        Case(testDescription: "a TLS alert", sent: [0x15, 3, 3, 0, 2, 2, 0x50], words: ["TLS", "SASL_SSL", plain]),
        Case(testDescription: "a TLS alert of TLS 1.0", sent: [0x15, 3, 1, 0, 2, 2, 70], words: ["TLS", plain]),
        Case(
            testDescription: "HTTP", sent: Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8),
            words: ["HTTP", "HTTP/1.1 400 Bad Request", "no plain Kafka listener"]),
        Case(
            testDescription: "HTTP/2 or gRPC", sent: [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100],
            words: ["HTTP/2", "no plain Kafka listener"]),
        Case(
            testDescription: "HTTP/2 without settings", sent: [0, 0, 0, 4, 0, 0, 0, 0, 0],
            words: ["no plain Kafka listener"]),
        Case(testDescription: "SSH", sent: Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), words: ["SSH-2.0-OpenSSH_9.2"]),
        Case(testDescription: "Redis", sent: Array("-ERR unknown command\r\n".utf8), words: ["-ERR unknown command"]),
        Case(
            testDescription: "SMTP", sent: Array("220 mail.example ESMTP\r\n".utf8), words: ["220 mail.example ESMTP"]),
        Case(testDescription: "MySQL", sent: [0x4a, 0, 0, 0, 10, 0x38], words: ["MySQL"]),
        Case(testDescription: "PostgreSQL", sent: [0x45, 0, 0, 0, 0x8c, 0x53], words: ["PostgreSQL"]),
        Case(
            testDescription: "an absurd length", sent: [0x7f, 0xff, 0xff, 0xff, 0, 0],
            words: ["2147483647 bytes", "no plain Kafka listener"]),
        Case(testDescription: "nothing at all", sent: [], words: ["closed the connection", "TLS", plain]),
    ]

    @Test(arguments: cases) func whatSpeaksSomethingElseIsNamed(_ port: Case) async throws {
        try await ScriptedServer.run { _, _ in
            .rawThenClose(port.sent)
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            let text = error?.description ?? ""
            for word in port.words { #expect(text.contains(word), "\(text)") }
            #expect(text.contains("127.0.0.1:\(server.port)") && !text.contains("truncated("), "\(text)")
        }
    }

    @Test(arguments: cases.dropLast()) func evenIfItStaysOnTheLine(_ port: Case) async throws {
        try await ScriptedServer.run(["request.timeout.ms": "100"]) { _, _ in
            .raw(port.sent)
        } _: { _, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            #expect(error?.hint != nil, "\(String(describing: error))")
        }
    }

    @Test func aSilentListenerIsNamedWithTheOptionThatWasSet() async throws {
        try await ScriptedServer.run(["default.api.timeout.ms": "500"]) { _, _ in
            .mute
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            let text = error?.description ?? ""
            #expect(text.hasPrefix("ApiVersions: no answer within 500 ms (default.api.timeout.ms), broker 127.0.0.1:"))
            #expect(text.contains("\(server.port); it took the connection and sent nothing"), "\(text)")
        }
    }

    @Test func aListenerThatWantsALoginIsNamed() async throws {
        try await ScriptedServer.run { header, _ in
            header.apiKey == .apiVersions ? .well : .rawThenClose([])
        } _: { _, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            #expect(error?.description.contains("SASL") == true, "\(String(describing: error))")
        }
    }

    @Test func aBrokerThatSaysSoIsNamedToo() async throws {
        var answer = ApiVersionsResponse()
        answer.errorCode = .illegalSaslState
        let response = answer
        try await ScriptedServer.run { header, _ in
            header.apiKey == .apiVersions ? .message(response) : .mute
        } _: { _, client in
            let error = await #expect(throws: ClientError.self) { try await client.connect() }
            #expect(error?.code == .broker(.illegalSaslState))
            #expect(error?.description.contains("the listener wants SASL") == true, "\(String(describing: error))")
        }
    }

    /// What worked before is a broker in trouble, and no listener of another kind.
    @Test func aBrokerThatHungUpLaterIsNotTakenForAnother() async throws {
        try await ScriptedServer.run(["default.api.timeout.ms": "2000"]) { header, _ in
            header.apiKey == .listOffsets ? .close : .well
        } _: { _, client in
            try await client.connect(topics: ["t"])
            let error = await #expect(throws: ClientError.self) {
                try await Admin(client: client).listOffsets([LeftOutTests.partition], at: .latest)
            }
            #expect(error?.description.contains("SASL") == false, "\(String(describing: error))")
        }
    }

    @Test func anAdvertisedAddressIsToldFromOneThatTheUserWrote() async throws {
        try await ScriptedServer.run(["default.api.timeout.ms": "2000"]) { header, _ in
            header.apiKey == .metadata ? .led(by: 3) : .well
        } _: { server, client in
            let error = await #expect(throws: ClientError.self) {
                try await Admin(client: client).listOffsets([LeftOutTests.partition], at: .latest)
            }
            let text = error?.description ?? ""
            #expect(text.contains("127.0.0.1:1: connect: connection refused"), "\(text)")
            #expect(text.contains("advertised.listeners"), "\(text)")
            #expect(text.contains("bootstrap server 127.0.0.1:\(server.port)"), "\(text)")
            #expect(error?.code == .callTimedOut(afterMs: 2000, option: "default.api.timeout.ms"))
        }
        let loop = try EventLoop(name: "unreachable")
        let client = Client(
            configuration: try ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:1"]), loop: loop)
        let error = await #expect(throws: ClientError.self) { try await client.connect() }
        #expect(error?.description.contains("advertised") == false)
        await client.close()
        await loop.stop()
    }

    @Test func everyBootstrapServerIsNamed() async throws {
        let loop = try EventLoop(name: "unreachable")
        let properties = ["bootstrap.servers": "127.0.0.1:1,127.0.0.1:2"]
        let client = Client(configuration: try ClientConfiguration(properties: properties), loop: loop)
        let error = await #expect(throws: ClientError.self) { try await client.connect() }
        let text = error?.description ?? ""
        #expect(text.contains("127.0.0.1:1: connect") && text.contains("127.0.0.1:2: connect"), "\(text)")
        await client.close()
        await loop.stop()
    }

    @Test func aConnectThatNobodyAnswersNamesItsOption() async throws {
        let loop = try EventLoop(name: "unreachable")
        let full = try FullListener()
        let properties = ["bootstrap.servers": full.address, "socket.connection.setup.timeout.ms": "100"]
        let client = Client(configuration: try ClientConfiguration(properties: properties), loop: loop)
        let error = await #expect(throws: ClientError.self) { try await client.connect() }
        let text = error?.description ?? ""
        #expect(text.contains("\(full.address): connect: no answer"), "\(text)")
        #expect(text.contains("100 ms (socket.connection.setup.timeout.ms)"), "\(text)")
        await client.close()
        await loop.stop()
    }

    @Test func noLocalPortIsSaidWithWhatToDo() async throws {
        let loop = try EventLoop(name: "ports")
        let configuration = try ClientConfiguration(properties: ["bootstrap.servers": "127.0.0.1:9"])
        let environment = ConnectionEnvironment(loop: loop, configuration: configuration, metrics: ClientMetrics())
        let address = configuration.bootstrapServers[0]
        let connection = BrokerConnection(to: address, environment: environment) { _, _ in }
        let error = connection.connectError(NetworkError(errno: 99, .connect, address))
        #expect(error.code == .noLocalPort)
        #expect(error.description.contains("no local port left") && error.description.contains("ip_local_port_range"))
        await loop.stop()
    }

    @Test func wireErrorsAreSentences() {
        #expect("\(WireError(.truncated(needed: 4, available: 2), at: 12))" == "4 bytes are due and 2 left, at byte 12")
        let error = ClientError(
            .malformedResponse("the answer cannot be read: \(WireError(.tooLarge(9, limit: 3), at: 1))"),
            broker: "b:1", api: .metadata)
        #expect(
            "\(error)"
                == "Metadata: the answer cannot be read: a length or count of 9, beyond the bound of 3, at byte 1, broker b:1"
        )
    }

    // MARK: Bombs

    @Test func aBatchMayDecompressToAMultipleOfWhatWasAskedFor() throws {
        #expect(ConsumerConfiguration().decompressedByteCountMax == 64 << 20)
        func bound(_ text: String) throws -> Int {
            try ConsumerConfiguration(properties: ["max.partition.fetch.bytes": text]).decompressedByteCountMax
        }
        #expect(try bound("1") == 16 << 20)
        #expect(try bound("524288") == 32 << 20)
        #expect(try bound("2147483647") == 1 << 30)
    }

    @Test(arguments: [CompressionType.gzip, .snappy, .lz4, .zstd])
    func whatHoldsMoreIsRefusedAndWhatHoldsLessIsRead(_ codec: CompressionType) async throws {
        let bomb = try StoredBatch(recordCount: 17, codec: codec, valueByteCount: 1 << 20).bytes
        let legitimate = try StoredBatch(recordCount: 15, codec: codec, valueByteCount: 1 << 20).bytes
        for (records, isRead) in [(bomb, false), (legitimate, true)] {
            let isGiven = Mutex(false)
            try await ScriptedServer.run { header, _ in
                guard header.apiKey == .fetch else { return .well }
                let isAgain = isGiven.withLock { given in
                    defer { given = isRead }
                    return given
                }
                return isAgain ? .mute : .records(records)
            } _: { server, client in
                let consumer = Consumer(
                    client: client,
                    configuration: try ConsumerConfiguration(
                        properties: ["auto.offset.reset": "earliest", "max.partition.fetch.bytes": "1000"]),
                    assignment: .topics(["t"]))
                _ = try await consumer.start()
                if isRead {
                    #expect(try await consumer.take(15).count == 15)
                } else {
                    let error = await #expect(throws: ClientError.self) {
                        for _ in 0..<200 { _ = try await consumer.poll(timeoutMs: 50) }
                    }
                    let text = error?.description ?? ""
                    #expect(text.contains("64 times max.partition.fetch.bytes (1000)"), "\(text)")
                    #expect(text.contains("t-0, at offset 0, broker 127.0.0.1:\(server.port)"), "\(text)")
                }
                await consumer.stop()
            }
        }
    }
}
